// Answering: all steps are on this page, and this script shows one at a time, whatever the network does. What was chosen
// goes out in the background, in order; until it was acknowledged it is kept here and in the tab's `sessionStorage`, so
// that a reload loses nothing. Without this script, the page leads to plain forms.
//
// It is one script in three files, sent as one (`static_files`): what is kept on the device, sending it (`sending.js`),
// showing the steps (`steps.js`). Written for Android WebView 80 and Safari 13: nothing newer.
const ARRIVING = 400; // milliseconds in which a page that a tap has led to takes no other one
const MOST_PAUSE = 30000; // milliseconds between tries
const AT_REST = 1000; // after the last change
const TOO_LONG = 20000; // for one request

const first = document.getElementById("answering");
const begin = document.getElementById("begin");
const another = document.getElementById("another");
const progress = document.getElementById("progress");
const stateLine = document.getElementById("state");
const spoken = document.getElementById("spoken");
const addresses = first.dataset;

document.getElementById("main").appendChild(document.getElementById("steps").content);
const steps = Array.from(document.querySelectorAll("main > form.step"));
const sendStep = steps[steps.length - 1];
const thanks = document.querySelector("[data-slug=thanks]");
const stepOf = (slug) => steps.find((step) => step.dataset.slug === slug);

// What is kept on the device

const KEY = "escala:" + addresses.answers;
let answers = {}; // the value of each field, by its name: "<step>.<field>"
let unsent = {}; // those that the server has not acknowledged
const touched = {}; // those that were changed on this page
let device = null; // whose page this is, once the server has said so: before, nothing is sent
let link = null; // by which it was opened
let keptFor = null; // whose answers this tab had kept
let page = ""; // this page's name: its changes are numbered
let number = 0;
let isSent = false;
let hasGivenUp = false; // the page before this one, and nothing was acknowledged since
// How an address ends where a link was just opened: by somebody else than before (`new`: whatever this tab keeps is not
// theirs), by a device of which nothing is known yet; its name, and that of the link.
const NEW = "#!new";
const ARRIVAL = /^#!(new)?(?:-([0-9a-f]{8})-([0-9a-f]{8}))?$/;

const keep = (isOpen) => {
  try {
    if (isSent) sessionStorage.removeItem(KEY);
    else {
      const whose = { device: device || keptFor, link };
      sessionStorage.setItem(KEY, JSON.stringify({ page, number, answers, unsent, isOpen, hasGivenUp, ...whose }));
    }
  } catch (error) {
    // Where a browser keeps nothing, this page still does.
  }
};

const newPageName = () => {
  page = ("0" + crypto.getRandomValues(new Uint8Array(1))[0].toString(16)).slice(-2);
  number = 0;
};

const forget = () => {
  answers = {};
  unsent = {};
  tried = null;
  wantsToSend = false;
  Object.keys(touched).forEach((name) => delete touched[name]);
  steps.forEach((step) => step.reset());
  document.querySelectorAll("form.step input:checked").forEach((field) => { answers[field.name] = valueOf(field); });
};

// Returns the device's name, where the address has told it.
const restore = () => {
  let kept = null;
  const [arrived, isSomebodyElse, named, byLink] = ARRIVAL.exec(location.hash) || [];
  if (arrived) history.replaceState(null, "", location.pathname + location.search);
  try {
    if (isSomebodyElse) sessionStorage.removeItem(KEY);
    kept = JSON.parse(sessionStorage.getItem(KEY));
  } catch (error) {
    kept = null;
  }
  newPageName();
  // Whoever has lost the cookie, and opens the same link again, is the same person.
  if (kept && named && kept.link !== byLink) kept = null;
  link = byLink || (kept && kept.link);
  if (!kept) return named;
  keptFor = named || kept.device;
  const bringBack = (values) => Object.keys(values).filter((name) => fieldsOf(name).length).forEach((name) => {
    answers[name] = values[name];
    showValue(name, values[name]);
  });
  bringBack(kept.answers);
  bringBack(kept.unsent);
  Object.keys(kept.unsent).filter((name) => name in answers).forEach((name) => {
    unsent[name] = answers[name];
    touched[name] = true;
  });
  hasGivenUp = kept.hasGivenUp;
  if (!kept.isOpen) { // a reload; a tab that was duplicated is another page
    page = kept.page;
    number = kept.number;
  }
  return named;
};

// Fields

const fieldsOf = (name) => Array.from(document.getElementsByName(name));

const valueOf = (field) => {
  if (field.type === "textarea") return field.value.trim() ? field.value : null;
  const chosen = fieldsOf(field.name).filter((one) => one.checked).map((one) => one.value);
  if (field.type === "checkbox") return chosen;
  return chosen.length ? chosen[0] : null;
};

const showValue = (name, value) => {
  fieldsOf(name).forEach((field) => {
    if (field.type === "textarea") field.value = value || "";
    else field.checked = field.type === "checkbox" ? (value || []).includes(field.value) : field.value === value;
  });
};

const isAnswered = (name) => {
  const value = answers[name];
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
};

const namesOf = (step) => Array.from(new Set(Array.from(step.elements).map((field) => field.name).filter(Boolean)));
const openNames = (step) => namesOf(step).filter((name) => !isAnswered(name));
const isSomethingAnswered = () => Object.keys(answers).some((name) => name !== "role.role" && isAnswered(name));
