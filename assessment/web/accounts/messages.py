"""What Flask-Security says, in our words: its own are replaced, so that they are translated with everything else."""

from __future__ import annotations

from assessment.infra.languages import N_

_WRONG = N_("The e-mail or the password is not right. Please check both and try again.")
_ON_ITS_WAY = N_(
    "If there is an account with that e-mail, a message will be sent to it in a moment. It says how to set a new "
    "password."
)

MESSAGES = {
    "GENERIC_AUTHN_FAILED": (_WRONG, "error"),
    "INVALID_PASSWORD": (N_("That is not your password."), "error"),
    "INVALID_PASSWORD_CODE": (_WRONG, "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Please write your password."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Please write your e-mail."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("This is not an e-mail address. One looks like name@example.com."), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("The password needs at least %(length)s characters."), "error"),
    "PASSWORD_IS_THE_SAME": (N_("That is the password you already have. Please choose another."), "error"),
    "PASSWORD_MISMATCH": (N_("The two new passwords are not the same."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two new passwords are not the same."), "error"),
    "PASSWORD_CHANGE": (N_("Your password has been changed."), "success"),
    "UNAUTHENTICATED": (N_("Please sign in to see this page."), "error"),
    "LOGIN": (N_("Please sign in to see this page."), "info"),
    "REAUTHENTICATION_REQUIRED": (N_("To change this, please write your password once more."), "info"),
    "REFRESH": (N_("To change this, please write your password once more."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. You can go on."), "success"),
    "DISABLED_ACCOUNT": (_WRONG, "error"),
    "TWO_FACTOR_INVALID_TOKEN": (N_("That code is not right. Please write the one that the app shows now."), "error"),
    "INVALID_CODE": (N_("That code is not right. Please write the one that the app shows now."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("Welcome."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        N_("Two-step verification is on. You will be asked for a code when you sign in."),
        "success",
    ),
    "TWO_FACTOR_DISABLED": (N_("Two-step verification is off."), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("That took too long. Please sign in again."), "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (N_("Please choose one of the options."), "error"),
    "TWO_FACTOR_SETUP_EXPIRED": (N_("That took too long. Please start again."), "error"),
    "GENERIC_RECOVERY": (_ON_ITS_WAY, "info"),
    "PASSWORD_RESET_REQUEST": (_ON_ITS_WAY, "info"),
    "INVALID_RESET_PASSWORD_TOKEN": (N_("This link is not valid. Please ask for a new one."), "error"),
    "PASSWORD_RESET_EXPIRED": (N_("This link is too old. Please ask for a new one."), "error"),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your password has been changed. Please sign in with the new one."), "success"),
}

SUBJECTS = {
    "EMAIL_SUBJECT_PASSWORD_RESET": N_("How to set a new password in Escala"),
    "EMAIL_SUBJECT_PASSWORD_NOTICE": N_("Your Escala password has been changed"),
    "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": N_("Your Escala password has been changed"),
}
