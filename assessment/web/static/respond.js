// Answering: all steps are on this page, and this script shows one at a time, whatever the network does. What was chosen
// goes out in the background, in order; until it was acknowledged it is kept here and in the tab's `sessionStorage`, so
// that a reload loses nothing. Without this script, the page leads to plain forms.
//
// Written for Android WebView 80 and Safari 13: nothing newer.
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

// Sending changes

let sending = null;
let timer = 0;
let failures = 0;
let wantsToSend = false;

const showState = () => {
  if (isSent) return;
  const isWaiting = Object.keys(unsent).length > 0 || wantsToSend;
  const state = isWaiting ? (failures ? "offline" : "unsent") : isSomethingAnswered() ? "saved" : "";
  if (stateLine.className !== state) {
    if (state === "offline" || stateLine.classList.contains("offline")) spoken.textContent = stateLine.dataset[state];
    stateLine.className = state;
    stateLine.textContent = stateLine.dataset[state] || "";
  }
  sendStep.querySelector("[data-if=waiting]").hidden = !(wantsToSend && failures);
};

const request = async (address, options) => {
  const stop = new AbortController();
  const watch = setTimeout(() => stop.abort(), TOO_LONG);
  try {
    return await fetch(address, Object.assign({ signal: stop.signal, cache: "no-store" }, options));
  } finally {
    clearTimeout(watch);
  }
};

const sendJson = (method, address, body) => request(address, {
  method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, keepalive: true,
});

const byStep = (values) => {
  const nested = {};
  Object.keys(values).forEach((name) => {
    const at = name.lastIndexOf(".");
    const slug = name.slice(0, at);
    nested[slug] = nested[slug] || {};
    nested[slug][name.slice(at + 1)] = values[name];
  });
  return nested;
};

const sendChanges = (number, values) => sendJson("PATCH", addresses.answers, {
  page, number, device, answers: byStep(values),
});

// The page that says why answers cannot be taken. What the server may not have stays in this tab: the link may be opened
// in it again. Nothing stays of answers that were sent, or where somebody else answers now.
const giveUp = (status) => {
  if (status === NOT_THEIRS) isSent = true;
  unsent = Object.assign({}, answers, unsent);
  hasGivenUp = true;
  keep(false);
  isLeaving = true;
  location.replace(addresses.welcome);
};
let isLeaving = false;

const tryAgain = () => {
  failures += 1;
  showState();
  clearTimeout(timer);
  timer = setTimeout(flush, Math.min(MOST_PAUSE, 1000 * Math.pow(2, failures - 1)));
};

const NOT_THEIRS = 409;
const isRefusal = (status) => [400, 403, 404, 409, 410, 413, 415].includes(status);

let acknowledged = false; // anything of this visit
let tried = null; // the change under way: a repetition has the same number
let lastSent = ""; // its values, as text

const sendChange = async () => {
  const isFirstTry = tried === null;
  if (isFirstTry) {
    number += 1;
    tried = { number, values: Object.assign({}, unsent) };
    lastSent = JSON.stringify(unsent);
    keep(true);
  }
  const { values } = tried;
  const answer = await sendChanges(tried.number, values);
  if (isRefusal(answer.status) && !hasGivenUp) {
    giveUp(answer.status);
    return false;
  }
  if (!answer.ok) throw new Error(answer.status);
  tried = null;
  hasGivenUp = false;
  if (answer.status === 208 && isFirstTry) { // another page of this device has this name
    newPageName();
    return true;
  }
  Object.keys(values).forEach((name) => {
    if (JSON.stringify(unsent[name]) === JSON.stringify(values[name])) delete unsent[name];
  });
  if (answer.status === 201 && acknowledged) unsent = Object.assign({}, answers, unsent); // it had been given up
  acknowledged = true;
  return true;
};

const flush = () => {
  clearTimeout(timer);
  if (sending || isLeaving || isSent || !device) return sending;
  sending = (async () => {
    try {
      while (Object.keys(unsent).length) {
        if (!await sendChange()) return;
        failures = 0;
        keep(true);
        showState();
      }
      if (wantsToSend) await submit();
      failures = 0;
    } catch (error) {
      tryAgain();
    }
  })().then(() => {
    sending = null;
    showState();
  });
  return sending;
};

// When the page goes, what was chosen since the change under way does not wait for it: it may never be answered.
const flushAtOnce = () => {
  if (!device) return;
  if (!sending) tried = null;
  if (!sending || isLeaving || isSent || JSON.stringify(unsent) === lastSent) {
    flush();
    return;
  }
  number += 1;
  lastSent = JSON.stringify(unsent);
  sendChanges(number, unsent).catch(() => {});
};

const submit = async () => {
  const answer = await sendJson("POST", addresses.send, { device });
  if (answer.status === 422 && isSomethingAnswered()) { // its draft is gone: send everything again
    unsent = Object.assign({}, answers);
    throw new Error(answer.status);
  }
  if (answer.status === 422 || isRefusal(answer.status)) {
    wantsToSend = false;
    if (answer.status === 422) showReview();
    else giveUp(answer.status);
    return;
  }
  if (!answer.ok) throw new Error(answer.status);
  wantsToSend = false;
  isSent = true;
  answers = {};
  unsent = {};
  keep(false);
  steps.forEach((step) => step.remove()); // nothing stays on a shared device
  spoken.textContent = "";
  history.replaceState(null, "", addresses.thanks);
  show("thanks");
};

const changed = (field) => {
  const value = valueOf(field);
  touched[field.name] = true;
  answers[field.name] = value;
  unsent[field.name] = value;
  keep(true);
  showState();
  clearTimeout(timer);
  timer = setTimeout(flush, failures ? Math.min(MOST_PAUSE, 1000 * Math.pow(2, failures - 1)) : AT_REST);
};

// What the device answered before; questions that were answered meanwhile stay as they are.
const take = (told) => {
  if (device && device !== told.device) {
    giveUp(NOT_THEIRS);
    return;
  }
  if (keptFor && keptFor !== told.device) forget(); // somebody else answers on this device now
  device = told.device;
  link = told.link || link;
  keptFor = null;
  const given = told.answers;
  if (Object.keys(given).length) {
    acknowledged = true;
    steps.forEach((step) => namesOf(step).filter((name) => !touched[name]).forEach((name) => {
      const at = name.lastIndexOf(".");
      answers[name] = (given[name.slice(0, at)] || {})[name.slice(at + 1)] || null;
      showValue(name, answers[name]);
    }));
  } else if (isSomethingAnswered()) { // its draft is gone, or it is not this device's any more
    unsent = Object.assign({}, answers, unsent);
  }
  keep(true);
  showCounts();
  flush();
  if (isSomethingAnswered()) begin.textContent = begin.dataset.again;
  if (another) another.hidden = !isSomethingAnswered();
  if (shown === sendStep) showReview();
};

const fetchAnswers = async () => {
  try {
    const answer = await request(addresses.answers, {});
    if (isSent) return;
    if (isRefusal(answer.status)) {
      giveUp(answer.status);
      return;
    }
    if (!answer.ok) throw new Error(answer.status);
    failures = 0;
    take(await answer.json());
  } catch (error) {
    failures += 1;
    showState();
    setTimeout(fetchAnswers, 3000);
  }
};

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
  wantsToSend = true;
  showReview();
  Promise.resolve(sending).then(flush);
});

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
    spoken.textContent = stateLine.dataset.offline;
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
    spoken.textContent = stateLine.dataset.offline;
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
