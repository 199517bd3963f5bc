// Steps

let shown = first;

const put = (words, values) => words.replace(/\{(\w+)\}/g, (whole, name) => values[name]);

const showProgress = () => {
  const at = steps.indexOf(shown);
  progress.hidden = at < 0;
  if (at < 0) return;
  const seconds = steps.slice(at).reduce((sum, step) => sum + Number(step.dataset.seconds), 0);
  const minutes = Math.round(seconds / 60);
  const left = minutes < 1 ? progress.dataset.moment : minutes === 1 ? progress.dataset.minute
    : put(progress.dataset.minutes, { n: minutes });
  const [where, time] = progress.querySelectorAll("span");
  where.textContent = put(progress.dataset.step, { position: at + 1, count: steps.length });
  time.textContent = left;
  progress.querySelector("progress").value = at + 1;
};

const showReview = () => {
  let missing = 0;
  steps.slice(0, -1).forEach((step) => {
    const all = namesOf(step).length;
    const open = openNames(step).length;
    const item = sendStep.querySelector(`[data-step="${step.dataset.slug}"]`);
    const state = item.querySelector("[data-words]");
    item.hidden = open === 0;
    if (state) state.textContent = put(open === 1 ? state.dataset.one : state.dataset.words, { n: open });
    if (open) missing += 1;
  });
  const counted = Array.from(document.querySelectorAll("fieldset[data-counted]"));
  const scored = counted.filter((question) => {
    const value = answers[question.elements[0].name];
    return value && value !== "DK";
  }).length;
  const isSome = isSomethingAnswered();
  const little = sendStep.querySelector("[data-if=little]");
  little.textContent = put(little.dataset.words, { n: scored });
  const applies = {
    some: isSome, nothing: !isSome, missing: missing > 0, whole: missing === 0,
    little: isSome && scored < Number(little.dataset.needed), waiting: wantsToSend && failures > 0,
  };
  sendStep.querySelectorAll("[data-if]").forEach((part) => { part.hidden = !applies[part.dataset.if]; });
  const button = sendStep.querySelector("[type=submit]");
  button.dataset.send = button.dataset.send || button.textContent;
  button.textContent = wantsToSend ? button.dataset.sending : button.dataset.send;
  button.disabled = wantsToSend;
};

const show = (slug) => {
  const step = slug === "thanks" ? thanks : stepOf(slug) || first;
  if (step !== sendStep) wantsToSend = false; // whoever looks at an answer again may change it
  if (step === sendStep) showReview();
  shown.hidden = true;
  step.hidden = false;
  shown = step;
  spoken.className = "spoken";
  showProgress();
  showState();
  const heading = step.querySelector("h1");
  document.title = heading.textContent + " · Escala";
  scrollTo(0, 0);
  heading.tabIndex = -1; // read aloud, and the keyboard goes on from here
  heading.focus({ preventScroll: true });
};

const go = (slug) => {
  if (slug === shown.dataset.slug) return;
  history.pushState(null, "", slug ? "#" + slug : location.pathname + location.search);
  show(slug);
  flush();
};

let comesFromReview = false; // where something was missing

const move = (by) => {
  if (comesFromReview) {
    comesFromReview = false;
    go("send");
    return;
  }
  const to = steps.indexOf(shown) + by;
  go(to < 0 ? "" : steps[Math.min(to, steps.length - 1)].dataset.slug);
};

// Where somebody stopped: the last step with an answer, or the one after it.
const whereToGoOn = () => {
  const asked = steps.slice(0, -1);
  const begun = asked.filter((step) => step.dataset.slug !== "role" && namesOf(step).some(isAnswered));
  if (!begun.length) return asked[0].dataset.slug;
  const last = begun[begun.length - 1];
  return openNames(last).length ? last.dataset.slug : steps[steps.indexOf(last) + 1].dataset.slug;
};

const showCounts = () => {
  document.querySelectorAll(".chosen[data-most]").forEach((line) => {
    const boxes = Array.from(line.parentElement.querySelectorAll("input"));
    const chosen = boxes.filter((box) => box.checked).length;
    line.hidden = false;
    line.textContent = put(line.dataset.count.replace("#", "{n}"), { n: chosen });
  });
};

const moveAfterTap = () => {
  move(1);
  const step = shown;
  step.classList.add("arriving");
  setTimeout(() => step.classList.remove("arriving"), ARRIVING);
};

// After a tap: to the next statement, or step. Never after a key, and never where something was only changed.
const goOn = (field, wasAnswered) => {
  const step = shown;
  if (step.hasAttribute("data-goes-on")) {
    moveAfterTap();
    return;
  }
  if (wasAnswered || field.type !== "radio") return;
  const questions = Array.from(step.querySelectorAll("fieldset"));
  const rest = questions.slice(questions.indexOf(field.closest("fieldset")) + 1);
  const next = rest.find((question) => !isAnswered(question.elements[0].name));
  if (next) {
    const box = next.getBoundingClientRect();
    if (box.bottom > innerHeight) {
      const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      next.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" });
    }
  } else if (!openNames(step).length) moveAfterTap();
};

// Events

let pointed = null; // the field that a finger or a mouse is choosing, not a key

document.addEventListener("pointerdown", (event) => {
  const label = event.target.closest("label");
  pointed = label ? label.control : event.target;
});
document.addEventListener("keydown", () => { pointed = null; });

document.addEventListener("click", (event) => {
  const { target } = event;
  const link = target.closest("a");
  if (target.type === "radio") {
    if (pointed === target && answers[target.name] === target.value) goOn(target, true); // chosen before
  } else if (link && link === begin) {
    event.preventDefault();
    go(whereToGoOn());
  } else if (link && link.closest(".languages")) {
    event.preventDefault();
    changeLanguage(link.href);
  } else if (another && another.contains(target) && target.type === "button") {
    beginAnew();
  } else if (target.closest("[data-go]")) {
    const to = target.closest("[data-go]").dataset.go;
    if (to === "back") move(-1);
    else {
      go(to);
      comesFromReview = true;
    }
  }
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.name || field.type === "textarea") return;
  if (field.type === "checkbox") {
    const line = field.closest("fieldset").querySelector(".chosen");
    const most = Number(line.dataset.most);
    if (valueOf(field).length > most) {
      field.checked = false;
      line.textContent = line.dataset.full;
      line.classList.add("full");
      return;
    }
    line.classList.remove("full");
    changed(field);
    showCounts();
    return;
  }
  const wasAnswered = isAnswered(field.name);
  changed(field);
  if (pointed === field) goOn(field, wasAnswered);
});

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.type !== "textarea") return;
  const full = field.parentElement.querySelector(".full");
  if (full) full.hidden = field.value.length < field.maxLength;
  changed(field);
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target !== sendStep) {
    move(1);
    return;
  }
  if (wantsToSend || !isSomethingAnswered()) return;
  if (codeShort) codeShort.hidden = !isCodeShort();
  if (isCodeShort()) {
    codeField.focus();
    return;
  }
  wantsToSend = true;
  showReview();
  Promise.resolve(sending).then(flush);
});

// What somebody asked for needs the server.
const sayNotNow = () => {
  spoken.textContent = spoken.dataset.notNow;
  spoken.className = "not-now";
};

// The other language is another page; it is asked for first, so that a lost connection leaves this one as it is.
const changeLanguage = async (address) => {
  await flush();
  keep(false);
  try {
    const answer = await request(address, { cache: "default" });
    if (!answer.ok) throw new Error(answer.status);
    isLeaving = true;
    location.assign(address + (shown.dataset.slug ? "#" + shown.dataset.slug : ""));
  } catch (error) {
    keep(true);
    sayNotNow();
  }
};

// Somebody else answers here now; it needs the server, which gives the device another name.
const beginAnew = async () => {
  try {
    const answer = await sendJson("POST", another.dataset.another, { device });
    if (!answer.ok && !isRefusal(answer.status)) throw new Error(answer.status);
    isLeaving = true;
    location.replace(addresses.welcome + NEW);
  } catch (error) {
    sayNotNow();
  }
};

addEventListener("popstate", () => {
  if (!isSent) show(location.hash.slice(1));
});
addEventListener("online", () => { if (Object.keys(unsent).length || wantsToSend) flush(); });
document.addEventListener("visibilitychange", () => { if (document.hidden) flushAtOnce(); });
addEventListener("pagehide", () => {
  flushAtOnce();
  keep(false);
});
addEventListener("pageshow", (event) => {
  if (!event.persisted || isSent) return;
  isLeaving = false;
  device = null; // by now, it may be somebody else's
  start();
});

const start = () => {
  forget();
  const named = restore();
  keep(true);
  showCounts();
  if (named) take({ device: named, answers: {} });
  else fetchAnswers();
  flush();
};

start();
if (stepOf(location.hash.slice(1))) show(location.hash.slice(1));
