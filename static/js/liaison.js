// Small conveniences. Every page works without them. Public pages load this file in whatever browser WeChat brings along:
// no syntax newer than Chromium 70 (tests/portal/test_in_wechat.py).
"use strict";

(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));

  // Ask before an action: <button data-confirm="撤回后不能恢复。" data-confirm-title="撤回这条意见？">
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    const dialog = $("#confirm");
    if (!button || button.dataset.confirmed || !dialog || !dialog.showModal) return;
    if (button.form && !button.formNoValidate && !button.form.noValidate && !button.form.reportValidity()) {
      event.preventDefault();
      return;
    }
    event.preventDefault();
    $("#confirm-title").textContent = button.dataset.confirmTitle || "请确认";
    $("#confirm-text").textContent = button.dataset.confirm;
    dialog.returnValue = "no";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return button.focus();
      button.dataset.confirmed = "1";
      button.click();
      delete button.dataset.confirmed;
    };
    dialog.showModal();
  });

  // A form is sent once, however often the button is pressed.
  const busy = (form, on) => {
    for (const button of form.querySelectorAll("button[type=submit], input[type=submit], button:not([type])")) {
      button.classList.toggle("is-busy", on);
      button.setAttribute("aria-disabled", on ? "true" : "false");
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.matches("[hx-post], [data-hx-post], [data-no-guard]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    busy(form, true);
    if (form.hasAttribute("data-download")) setTimeout(() => { delete form.dataset.sent; busy(form, false); }, 3000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      busy(form, false);
    }
  });

  // What was typed is not lost by a slip: <form data-warn-unsaved>
  const dirty = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-warn-unsaved")) dirty.add(form);
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected && !form.dataset.sent)) event.preventDefault();
  });

  // Fields that submit their form when chosen: <select data-autosubmit>
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });

  // A long <select data-filterable="hint">: a box above it that leaves only the options that hold what is typed; what
  // is chosen stays
  const makeFilterable = (select) => {
    if (select.dataset.filtered || select.options.length < 12) return;
    select.dataset.filtered = "1";
    const all = [...select.children].map((child) => child.cloneNode(true));
    const box = document.createElement("input");
    box.type = "search";
    box.className = "form-control option-filter";
    box.placeholder = select.dataset.filterable;
    box.setAttribute("aria-label", `${select.dataset.filterable}，筛选下面的选项`);
    box.autocomplete = "off";
    select.before(box);
    box.addEventListener("input", () => {
      const chosen = [...select.selectedOptions].map((option) => option.value);
      const words = box.value.trim();
      const keep = (option) => !words || !option.value || chosen.includes(option.value) || option.textContent.includes(words);
      select.replaceChildren(...all.map((child) => {
        const copy = child.cloneNode(true);
        if (copy.tagName !== "OPTGROUP") return keep(copy) ? copy : null;
        for (const option of [...copy.children]) if (!keep(option)) option.remove();
        return copy.children.length ? copy : null;
      }).filter(Boolean));
      for (const option of select.options) option.selected = chosen.includes(option.value);
      const matches = [...select.options].filter((option) => option.value && option.textContent.includes(words));
      if (words && matches.length === 1) matches[0].selected = true;
    });
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  };
  document.addEventListener("DOMContentLoaded", () => {
    for (const select of document.querySelectorAll("select[data-filterable]")) makeFilterable(select);
  });

  // Copy: <button data-copy="text" data-copied="已复制">
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const before = button.innerHTML;
    button.textContent = button.dataset.copied || "已复制";
    setTimeout(() => { button.innerHTML = before; }, 1800);
  });

  // Copy what a text field holds: <button data-copy-from="#text" hidden>. Without HTTPS there is no clipboard to write to.
  const copyFrom = async (text) => {
    text.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(text.value);
    else document.execCommand("copy");
  };
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-copy-from]")) button.hidden = false;
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy-from]");
    if (!button) return;
    await copyFrom(document.querySelector(button.dataset.copyFrom));
    const label = button.querySelector("span") || button;
    const before = label.textContent;
    label.textContent = "已复制";
    setTimeout(() => { label.textContent = before; }, 1800);
  });

  // What a phone folds is open on a wide screen and on paper: <details data-open-wide>
  const openWide = () => document.querySelectorAll("details[data-open-wide]").forEach((part) => { part.open = true; });
  if (matchMedia("(min-width: 576px)").matches) openWide();
  addEventListener("beforeprint", openWide);

  // Open or shut every <details> below: <button data-open-all="#tree">
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-open-all]");
    if (!button) return;
    const parts = [...document.querySelectorAll(`${button.dataset.openAll} details`)];
    const open = parts.some((part) => !part.open);
    for (const part of parts) part.open = open;
  });

  // Print: <button data-print>, on pages that are read without JavaScript too: <button data-print hidden>
  document.querySelectorAll("[data-print][hidden]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // Back: <button data-back hidden>, shown where there is a page to go back to
  document.addEventListener("DOMContentLoaded", () => {
    if (history.length > 1) for (const button of document.querySelectorAll("[data-back]")) button.hidden = false;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-back]")) history.back();
  });

  // Keyboard. data-key="n" or "g w" (one after the other); data-key-label says what it does in the list behind "?".
  let first = "";
  let timer = 0;
  const visible = (el) => el.offsetParent !== null || el.getClientRects().length > 0;
  const press = (key) => [...document.querySelectorAll("[data-key]")].find((el) => el.dataset.key === key);
  const showShortcuts = () => {
    const list = $("#shortcut-list");
    if (!list) return;
    list.replaceChildren();
    const row = (key, label) => {
      const dt = document.createElement("dt");
      for (const part of key.split(" ")) {
        const kbd = document.createElement("kbd");
        kbd.textContent = part;
        dt.append(kbd, " ");
      }
      const dd = document.createElement("dd");
      dd.textContent = label;
      list.append(dt, dd);
    };
    for (const el of document.querySelectorAll("[data-key]")) {
      row(el.dataset.key, el.dataset.keyLabel || el.getAttribute("aria-label") || el.textContent.trim());
    }
    row("Ctrl Enter", "提交正在填写的表单");
    row("?", "看这张表");
    $("#shortcuts").showModal();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-shortcuts]")) showShortcuts();
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // an input method is choosing a character
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.form || (document.querySelectorAll("form[data-warn-unsaved]").length === 1 && $("form[data-warn-unsaved]"));
      if (form) {
        event.preventDefault();
        form.requestSubmit(form.querySelector("[type=submit]:not([formaction])"));
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
    if (event.key === "?") return showShortcuts();
    const key = first ? `${first} ${event.key}` : event.key;
    clearTimeout(timer);
    first = "";
    const el = press(key);
    if (el) {
      event.preventDefault();
      if (typing(el)) el.focus();
      else el.click();
    } else if ([...document.querySelectorAll("[data-key]")].some((other) => other.dataset.key.startsWith(`${event.key} `))) {
      first = event.key;
      timer = setTimeout(() => { first = ""; }, 1200);
    }
  });

  // After a failed submit: to the first field that is wrong.
  const toFirstError = (root) => {
    const field = $(".is-invalid:not([type=hidden])", root);
    const summary = $("[data-error-summary]", root);
    if (field && visible(field)) {
      (summary || field).scrollIntoView({ block: "start" });
      field.focus({ preventScroll: true });
    } else if (summary) summary.focus();
  };
  document.addEventListener("DOMContentLoaded", () => toFirstError(document));
  document.addEventListener("htmx:afterSwap", (event) => toFirstError(event.target));

  // A session that ended while a part of the page was loaded: the whole page goes to the log-in, never a part of it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const url = (event.detail.xhr && event.detail.xhr.responseURL) || "";
    if (url.includes("/accounts/login/")) {
      event.detail.shouldSwap = false;
      if (!event.detail.elt.classList.contains("bell-count")) location.reload();
    }
  });
})();
