// Gonghe: what makes the pages quicker. Every page works without this file; nothing here decides anything.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (kind, selector, act) => document.addEventListener(kind, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(event, found);
  });
  const later = (act, wait) => {
    let timer;
    return (...args) => { clearTimeout(timer); timer = setTimeout(() => act(...args), wait); };
  };
  const clock = (when) => `${when.getHours()}:${String(when.getMinutes()).padStart(2, "0")}`;
  const fill = (words, when) => (words || "").replace("{at}", clock(when));
  const token = (form) => form.querySelector("[name=csrf_token]")?.value || "";
  document.documentElement.classList.add("js");

  // Passwords that may be read while they are typed, and never as they are sent.
  const show = (form, isShown) => all("[data-secret], [type=password]", form).forEach((field) => {
    field.dataset.secret = "";
    field.type = isShown ? "text" : "password";
  });
  on("change", "[data-show-password]", (_event, tick) => show(tick.form, tick.checked));
  on("submit", "form", (_event, form) => show(form, false));

  // Drafts: kept on the server; in this browser only while the network is away, without identity numbers.
  const WEEK = 7 * 24 * 3600 * 1000;
  const SECRET = /csrf|token|password|identity|id_number|passport|account|bank|credit_code/i;
  const keyOf = (form) => `draft:${document.body.dataset.user}:${form.dataset.draft}`;
  const store = {
    keys: () => { try { return Object.keys(localStorage).filter((k) => k.startsWith("draft:")); } catch { return []; } },
    get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    put: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* no storage, nothing kept */ } },
  };
  store.keys().forEach((key) => { if (!((store.get(key)?.at || 0) > Date.now() - WEEK)) store.drop(key); });

  const body = (form) => {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
    return data;
  };
  const keepHere = (form, tell) => {
    const fields = [...body(form)].filter(([name]) => !SECRET.test(name) && !form.elements[name]?.dataset?.private);
    const now = new Date();
    if (store.put(keyOf(form), { at: now.getTime(), fields })) tell(fill(tell.words.local, now));
  };
  const save = async (form, tell) => {
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST", body: body(form), headers: { "X-CSRFToken": token(form) }, credentials: "same-origin", redirect: "error",
      });
      if (!answer.ok) throw new Error(answer.status);
      store.drop(keyOf(form));
      form.removeAttribute("data-unsaved");
      tell(fill(tell.words.saved, new Date()));
    } catch {
      form.dataset.unsaved = "yes";
      keepHere(form, tell);
    }
  };
  const offer = (form, tell) => {
    const kept = store.get(keyOf(form));
    if (!kept) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn small";
    button.textContent = tell.words.restore || "↺";
    button.addEventListener("click", () => { putBack(form, kept.fields); save(form, tell); });
    tell(`${fill(tell.words.found, new Date(kept.at))} `);
    tell.place?.append(button);
  };
  const putBack = (form, fields) => {
    const named = new Map();
    fields.forEach(([name, value]) => named.set(name, [...(named.get(name) || []), value]));
    for (const input of form.elements) {
      if (!input.name || SECRET.test(input.name) || input.type === "file" || input.type === "hidden") continue;
      const values = named.get(input.name);
      if (input.type === "radio" || input.type === "checkbox") input.checked = !!values?.includes(input.value);
      else if (values?.length) input.value = values.shift();
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const sender = (form) => {
    const place = form.querySelector("[data-draft-status]") || document.querySelector("[data-draft-status]");
    const tell = (words) => { if (place) place.textContent = words; };
    Object.assign(tell, { place, words: place?.dataset || {} });
    return tell;
  };
  try { store.drop(sessionStorage.getItem("draft-sent")); sessionStorage.removeItem("draft-sent"); } catch { /* private mode */ }
  all("form[data-draft]").forEach((form) => {
    const tell = sender(form);
    const soon = later(() => { if (!form.dataset.sent) save(form, tell); }, 1500);
    form.addEventListener("input", soon);
    window.addEventListener("online", () => { if (form.dataset.unsaved) save(form, tell); });
    form.addEventListener("submit", () => { try { sessionStorage.setItem("draft-sent", keyOf(form)); } catch { /* kept a week */ } });
    offer(form, tell);
  });
  on("submit", "form[data-forget]", () => store.keys().forEach(store.drop));

  // What is done in slices goes on by itself, slice after slice; without scripts by its button.
  all("form[data-go]").forEach((form) => setTimeout(() => form.requestSubmit(), 400));

  // One press is one press: the second is swallowed; the pressed button's name and value still go along.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-again")) return;
    form.dataset.sent = "yes";
    all("button:not([type=button])", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(() => free(form), 8000);
  });
  const free = (form) => {
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  };
  window.addEventListener("pageshow", (event) => { if (event.persisted) all("form[data-sent]").forEach(free); });

  // Enter goes on to the next field instead of sending a half-filled form.
  on("keydown", "form[data-no-enter]", (event, form) => {
    const here = event.target;
    if (event.key !== "Enter" || event.isComposing || !here.matches("input, select")) return;
    event.preventDefault();
    const stops = all("input, select, textarea, button", form).filter((x) => x.type !== "hidden" && !x.disabled && x.offsetParent);
    const next = stops.slice(stops.indexOf(here) + 1).find((x) => x.type !== "radio" || x.name !== here.name);
    next?.focus();
  });

  // A choice that need not be made can be taken back: second press, or Delete.
  on("mousedown", "[data-clear] .chip", (event, chip) => { chip.dataset.was = chip.previousElementSibling.checked ? "yes" : ""; });
  on("click", "[data-clear] .chip", (event, chip) => {
    if (!chip.dataset.was) return;
    event.preventDefault();
    unset(chip.previousElementSibling);
  });
  on("keydown", "[data-clear] input[type=radio]", (event, input) => { if (/^(Delete|Backspace)$/.test(event.key)) unset(input); });
  const unset = (input) => { input.checked = false; input.dispatchEvent(new Event("input", { bubbles: true })); };

  // Parts that matter for some answers only: data-when="source=COURT ARBITRATION". Never hides what holds text or an error.
  const fits = (part) => {
    const [name, wanted = ""] = part.dataset.when.split("=");
    const form = part.closest("form");
    const given = new FormData(form).getAll(name).filter(Boolean);
    return wanted ? given.some((value) => wanted.split(" ").includes(value)) : given.length > 0;
  };
  const holds = (part) => part.querySelector("[aria-invalid]") || all("input, textarea", part).some((x) => x.type === "checkbox" || x.type === "radio" ? x.checked : x.value);
  const unfold = () => all("form [data-when]").forEach((part) => { part.hidden = !fits(part) && !holds(part); });
  unfold();

  // Copying a block of text; without a secure context the browser's older way is the only one.
  on("click", "[data-copy]", (event, button) => {
    const place = document.getElementById(button.dataset.copy);
    place.focus();
    place.select();
    if (document.execCommand("copy")) button.textContent = button.dataset.done;
  });

  // Rows: a copy of the template with the next number in place of __n__.
  on("click", "button[data-add-row]", (event, button) => {
    const rows = document.getElementById(button.dataset.addRow);
    const pattern = document.getElementById(`${button.dataset.addRow}-new`);
    if (!rows || !pattern?.content.firstElementChild) return;
    event.preventDefault();
    const used = all("[name]", rows).map((x) => Number(/-(\d+)(-|$)/.exec(x.name)?.[1] ?? -1));
    const n = Math.max(-1, ...used) + 1;
    const holder = document.createElement("template");
    holder.innerHTML = pattern.innerHTML.replaceAll("__n__", n);
    const row = holder.content.firstElementChild;
    rows.append(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
  on("click", "button[data-drop-row]", (event, button) => {
    const row = button.closest(".rowset");
    if (!row) return;
    event.preventDefault();
    const form = row.closest("form");
    row.remove();
    form?.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Sums and counts while typing.
  const fen = (text) => {
    const plain = text.replace(/[,，\s元¥￥]/g, "").replace(/[０-９．]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
    const found = /^(-?\d+(?:\.\d{1,2})?)(万?)$/.exec(plain);
    return found ? Math.round(Number(found[1]) * (found[2] ? 1000000 : 100)) : null;
  };
  const yuan = (n) => (n / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const totals = () => all("output[data-total]").forEach((place) => {
    const typed = all(`[data-sum="${place.dataset.total}"]`).filter((x) => x.value.trim());
    const sums = typed.map((x) => fen(x.value));
    place.textContent = sums.includes(null) ? "—" : typed.length ? yuan(sums.reduce((a, b) => a + b, 0)) : "";
  });
  const counts = () => all("textarea[data-lines]").forEach((area) => {
    const place = document.getElementById(area.dataset.lines);
    if (place) place.textContent = area.value.split("\n").filter((line) => line.trim()).length || "";
  });
  const grow = (area) => { while (area.scrollHeight > area.clientHeight + 2 && area.rows < 40) area.rows += 1; };

  // Beside the form: what is still missing, and what the server remarks on what has been typed.
  const missing = () => all("[data-missing]").forEach((place) => {
    const form = document.getElementById(place.dataset.missing);
    const open = all("[aria-required]", form || undefined).filter((x) => x.offsetParent && !x.value.trim() && !form.elements[x.dataset.or]?.value.trim());
    const groups = all("[role=radiogroup] .must, [role=group] .must", form || undefined).map((x) => x.closest("[role]")).filter((g) => !g.querySelector(":checked"));
    const names = [...open.map((x) => x.labels?.[0]), ...groups.map((g) => g.querySelector(".label"))].filter(Boolean);
    const words = names.map((label) => label.firstChild.textContent.trim());
    place.textContent = words.length ? (place.dataset.words || "{names}").replace("{names}", words.join(document.documentElement.lang === "en" ? ", " : "、")) : place.dataset.none || "";
  });
  const remark = later(async (form) => {
    const place = document.getElementById(form.dataset.remindIn || "reminders");
    if (!place) return;
    try {
      const answer = await fetch(form.dataset.remind, { method: "POST", body: body(form), headers: { "X-CSRFToken": token(form) }, redirect: "error" });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch { /* the remarks come after registering */ }
  }, 900);

  // Dates as typed, read back in words.
  const waiting = new WeakMap();
  const readBack = (input) => {
    clearTimeout(waiting.get(input));
    waiting.set(input, setTimeout(() => askDate(input), 300));
  };
  const askDate = async (input) => {
    const place = document.getElementById(`${input.id}-echo`);
    const text = input.value.trim();
    if (!place) return;
    if (!text) { place.textContent = ""; return; }
    try {
      const answer = await fetch(`/help/date?prefer=${input.dataset.date}&text=${encodeURIComponent(text)}`, { credentials: "same-origin", redirect: "error" });
      const words = /^text\/plain/.test(answer.headers.get("Content-Type")) ? await answer.text() : "";
      if (input.value.trim() !== text) return;
      place.classList.toggle("bad", answer.headers.get("X-Read") === "no");
      place.textContent = words.slice(0, 80);
    } catch { place.textContent = ""; }
  };

  const refresh = () => { unfold(); totals(); counts(); missing(); };
  document.addEventListener("input", (event) => {
    const here = event.target;
    if (here.matches("input[data-date]")) readBack(here);
    if (here.dataset.sum) all(`input[data-follows="${here.dataset.sum}"]`).filter((x) => x.value === x.defaultValue).forEach((x) => { x.value = ""; });
    if (here.matches("textarea[data-grow]")) grow(here);
    const form = here.closest("form");
    if (form?.dataset.remind) remark(form);
    refresh();
  });
  all("textarea[data-grow]").forEach(grow);
  all("input[data-date]").forEach((input) => {
    if (input.value && !document.getElementById(`${input.id}-echo`)?.textContent) readBack(input);
  });
  refresh();

  // How far an export is, in rows, while the browser takes the file.
  const watchExport = async (place) => {
    let last = null;
    for (let idle = 0; idle < 4;) {
      await new Promise((go) => setTimeout(go, 400));
      let told = {};
      try { told = await (await fetch("/ledger/exports/progress", { credentials: "same-origin", redirect: "error" })).json(); } catch { return; }
      if (told.of === undefined) { if (last) break; idle += 1; continue; }
      last = told;
      place.textContent = place.dataset.words.replace("{n}", told.rows.toLocaleString()).replace("{of}", told.of.toLocaleString());
    }
    place.textContent = place.dataset.done;
  };
  on("click", "a[data-watch]", () => { const place = document.querySelector("[data-progress]"); if (place) watchExport(place); });

  on("click", "[data-print]", (event) => { event.preventDefault(); window.print(); });

  // A page that asks begins at its first question, one that was refused at what is wrong with it, one that asks back there.
  const begin = document.querySelector("[data-begin]");
  const asked = begin && all("input:not([type=hidden]), select, textarea", begin).filter((place) => place.type !== "radio" || place.checked || !begin.querySelector(`[name="${place.name}"]:checked`))[0];
  const first = document.getElementById("problems") || document.querySelector(".confirm input");
  (first || asked)?.focus({ preventScroll: !first });
})();
