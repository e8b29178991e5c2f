/* Moving between pages without loading them anew, and telling everybody that it happened.
   Everything here is an extra: without it links and forms do the same, only slower. */
(function () {
  "use strict";
  var NATIVE = /^\/(api|assets|download|health|_dash)/;
  var SLOW_MS = 400;
  var GIVE_UP_MS = 12000;
  var started = false;      // Dash has drawn the first page
  var travelling = null;    // the address we are on our way to
  var timers = [];
  var scrollAt = {};        // where the reader was on each visited address

  function byId(id) { return document.getElementById(id); }
  function here() { return location.pathname + location.search; }
  function announce(words) { byId("announcer").textContent = words; }

  /* --- the first page: swap the server's HTML for Dash's drawing of the same --- */

  function takeOver() {
    var first = byId("first-page");
    if (!first) { return; }
    var active = document.activeElement;
    var activeId = active && first.contains(active) ? active.id : "";
    var typed = {};
    first.querySelectorAll("input[id], select[id]").forEach(function (field) {
      typed[field.id] = { value: field.value, checked: field.checked };
    });
    var opened = Array.prototype.map.call(first.querySelectorAll("details"), function (item) {
      return item.open;
    });
    first.remove();
    Object.keys(typed).forEach(function (id) {
      var field = byId(id);
      if (!field) { return; }
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = typed[id].checked;
      } else { field.value = typed[id].value; }
    });
    byId("page").querySelectorAll("details").forEach(function (item, number) {
      if (number in opened) { item.open = opened[number]; }
    });
    if (activeId && byId(activeId)) { byId(activeId).focus({ preventScroll: true }); }
    started = true;
    // We know better than the browser when the page of an address is there to be scrolled.
    history.scrollRestoration = "manual";
  }

  /* --- arriving --- */

  function markNavigation() {
    document.querySelectorAll(".nav a").forEach(function (link) {
      var path = link.getAttribute("href");
      if (location.pathname === path) { link.setAttribute("aria-current", "page"); }
      else if (path !== "/" && location.pathname.indexOf(path + "/") === 0) {
        link.setAttribute("aria-current", "true");
      } else { link.removeAttribute("aria-current"); }
    });
  }

  /* The heading of the part of the page that the address points into, if it does. */
  function part() {
    var found = location.hash && byId(location.hash.slice(1) + "-heading");
    if (found) { found.setAttribute("tabindex", "-1"); }
    return found;
  }

  function settle(state) {
    var heading = document.querySelector("#page h1");
    var service = document.querySelector(".brand span").textContent;
    document.title = state.title === service ? service : state.title + " \u2013 " + service;
    markNavigation();
    var journey = travelling || { kind: "page" };
    stopWaiting();
    var results = journey.kind === "filter" && (part() || byId("results"));
    var target = results || heading;
    if (journey.kind === "back") {
      window.scrollTo(0, scrollAt[here()] || 0);
    } else if (!results) {
      window.scrollTo(0, 0);
    }
    if (target) { target.focus({ preventScroll: !results }); }
    announce(results ? results.textContent : state.title);
  }

  /* React draws some frames after Dash has the page; the page says which address it is of. */
  function whenDrawn(address, frames, then) {
    var drawn = document.querySelector("#page .page");
    if ((drawn && drawn.dataset.address === address) || frames === 0) { then(); return; }
    requestAnimationFrame(function () { whenDrawn(address, frames - 1, then); });
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.shell = {
    arrived: function (state) {
      if (!state) { return ""; }
      whenDrawn(state.address, 300, function () {
        if (!started) { takeOver(); stopWaiting(); } else { settle(state); }
      });
      if (started && state.version !== document.documentElement.dataset.version) {
        // New data was loaded meanwhile: the header and footer are of the old one.
        document.documentElement.dataset.stale = "true";
      }
      return "";
    }
  };

  /* --- leaving --- */

  function stopWaiting() {
    timers.forEach(clearTimeout);
    timers = [];
    travelling = null;
    document.documentElement.classList.remove("is-loading");
    byId("main").removeAttribute("aria-busy");
  }

  function wait(journey) {
    stopWaiting();
    travelling = journey;
    timers.push(setTimeout(function () {
      document.documentElement.classList.add("is-loading");
      byId("main").setAttribute("aria-busy", "true");
      announce("Loading");
    }, SLOW_MS));
    // No answer: let the browser fetch the page, which says what is wrong.
    timers.push(setTimeout(function () { location.reload(); }, GIVE_UP_MS));
  }

  function go(url) {
    if (!started || document.documentElement.dataset.stale || NATIVE.test(url.pathname)) {
      return false;
    }
    if (url.pathname + url.search === here()) { return Boolean(!url.hash); }
    scrollAt[here()] = window.scrollY;
    wait({ kind: url.pathname === location.pathname ? "filter" : "page" });
    history.pushState({}, "", url.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    return true;
  }

  document.addEventListener("click", function (event) {
    if (event.defaultPrevented || event.button !== 0) { return; }
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) { return; }
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link || link.target || link.hasAttribute("download")) { return; }
    var url = new URL(link.href, location.href);
    if (url.origin !== location.origin) { return; }
    if (url.hash && url.pathname + url.search === here()) { return; }
    if (go(url)) { event.preventDefault(); }
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "get") { return; }
    var url = new URL(form.action, location.href);
    if (url.origin !== location.origin) { return; }
    var query = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (String(value).trim() !== "") { query.append(name, String(value).trim()); }
    });
    url.search = query.toString();
    if (go(url)) { event.preventDefault(); }
  });

  window.addEventListener("popstate", function () {
    if (started) { wait({ kind: "back" }); }
  });

  /* Closed details hold what a printed page must show. */
  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.prototype.filter.call(
      document.querySelectorAll("details:not(.filters)"), function (item) { return !item.open; });
    closed.forEach(function (item) { item.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (item) { item.open = false; });
  });
})();
