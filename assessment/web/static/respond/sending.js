// Sending changes

let sending = null;
let timer = 0;
let failures = 0;
let isBusy = false; // the server is there, and asks for a pause
let wantsToSend = false;

const showState = () => {
  if (isSent) return;
  const isWaiting = Object.keys(unsent).length > 0 || wantsToSend;
  const waiting = failures ? (isBusy ? "busy" : "offline") : "unsent";
  const state = isWaiting ? waiting : isSomethingAnswered() ? "saved" : "";
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

const tryAgain = (error) => {
  failures += 1;
  isBusy = PAUSES.includes(error.message);
  showState();
  clearTimeout(timer);
  timer = setTimeout(flush, Math.min(MOST_PAUSE, 1000 * Math.pow(2, failures - 1)));
};

const PAUSES = ["429", "503"];
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
      tryAgain(error);
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

// The code that links rounds, if the round asks for one: it goes out with sending, and is kept nowhere before.
const codeField = document.getElementById("code");
const codeShort = document.getElementById("code-short");
const isCodeShort = () => {
  if (!codeField || !codeField.value.trim()) return false;
  const signs = codeField.value.normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");
  return Array.from(signs).length < Number(codeShort.dataset.fewest);
};

const submit = async () => {
  const answer = await sendJson("POST", addresses.send, { device, code: codeField ? codeField.value : "" });
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
