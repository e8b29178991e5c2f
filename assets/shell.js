/* Moving between pages without loading them anew, and telling everybody that it happened.
   Everything here is an extra: without it links and forms do the same, only slower. */
(function () {
  "use strict";
  var NATIVE = /^\/(api|assets|check$|find$|download|health|_dash|sign-|account|organisations\/[^\/]+\/(tasks|[^\/]+\/records)\/)/;
  var SLOW_MS = 400;
  var GIVE_UP_MS = 12000;
  var TYPING_MS = 200;
  var SPEAK_MS = 1000;
  var started = false;      // Dash has drawn the first page
  var travelling = null;    // the address we are on our way to
  var timers = [];
  var scrollAt = {};        // where the reader was on each visited address
  var at = here();          // the address of the page, without the part of it that is pointed to
  var strayed = "";         // the address Dash believes we are at, after a change without it
  var formChoices = "";     // the choices of a form when its page was drawn
  var looking = null;       // the search under way: how to call it off
  var typing = null;        // the pause after a letter

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
    unfoldPart();
    var form = document.querySelector("#page form[data-live]");
    var box = form && form.querySelector("[type=search]");
    if (box && box.value !== box.defaultValue) { soon(form); }
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

  /* The part of the page that the address points into, by its heading if it has one. */
  function pointedAt() {
    var id = location.hash.slice(1);
    return id && (byId(id + "-heading") || byId(id));
  }

  function part() {
    var place = pointedAt();
    if (place) { place.setAttribute("tabindex", "-1"); }
    unfold(place);
    return place;
  }

  /* Opens what a place is folded up in; says whether it was. */
  function unfold(place) {
    var fold = place && place.closest("details:not([open])");
    if (!fold) { return false; }
    fold.open = true;
    unfold(fold);
    return true;
  }

  function unfoldPart() {
    var place = pointedAt();
    if (unfold(place)) { place.scrollIntoView(); }
  }

  window.addEventListener("hashchange", unfoldPart);

  /* The page may be of a date of its own. */
  function tellAge() {
    var age = byId("data-age"), own = document.querySelector("#page [data-age]");
    if (age) { age.textContent = own ? own.dataset.age : age.dataset.newest; }
  }

  function settle(state) {
    var heading = document.querySelector("#page h1");
    var service = document.querySelector(".brand span").textContent;
    document.title = state.title === service ? service : state.title + " \u2013 " + service;
    markNavigation();
    tellAge();
    var journey = travelling || { kind: "page" };
    stopWaiting();
    var filtering = journey.kind === "filter";
    var pointed = journey.kind !== "back" && part();
    var place = pointed || filtering && byId("results");
    var target = place || heading;
    if (journey.kind === "back") {
      window.scrollTo(0, scrollAt[here()] || 0);
    } else if (!place) {
      window.scrollTo(0, 0);
    } else if (pointed) {
      pointed.scrollIntoView();
    }
    if (target) { target.focus({ preventScroll: !place }); }
    announce(filtering && place ? place.textContent : state.title);
  }

  /* React draws some frames after Dash has the page; the page says which address it is of. */
  function afterDrawing(address, frames, then) {
    var page = document.querySelector("#page .page");
    if ((page && page.dataset.address === address) || frames === 0) { then(); return; }
    requestAnimationFrame(function () { afterDrawing(address, frames - 1, then); });
  }

  /* Whether somebody signed in or out in another tab: the header names the one before. */
  function isOfAnother(reader) {
    return (reader || "") !== (document.documentElement.dataset.reader || "");
  }

  /* The address of the page that is there becomes another one, of which Dash knows nothing. */
  function readdress(url) {
    strayed = strayed || here();
    history.replaceState(history.state, "", url);
    at = here();
    if (strayed === here()) { strayed = ""; }
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.shell = {
    readdress: readdress,
    arrived: function (state) {
      if (!state) { return ""; }
      if (started && isOfAnother(state.reader)) { location.reload(); return ""; }
      if (state.version !== document.documentElement.dataset.version) {
        // The header and footer are of other data: new ones were loaded meanwhile, or a cache has
        // held the document for some seconds. The next page is loaded whole.
        document.documentElement.dataset.stale = "true";
        if (byId("data-age")) { byId("data-age").dataset.newest = state.age; }
      }
      afterDrawing(state.address, 300, function () {
        strayed = "";
        formChoices = choices(document.querySelector("#page form[data-live]"));
        if (!started) { stopWaiting(); takeOver(); tellAge(); } else { settle(state); }
        document.dispatchEvent(new CustomEvent("arrived", { detail: state }));
      });
      return "";
    }
  };

  /* --- leaving --- */

  function stopWaiting() {
    stopLooking();
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
    // In a frame of somebody else's (which has a base) the browser leads out of it.
    if (!started || document.querySelector("base") || document.documentElement.dataset.stale || NATIVE.test(url.pathname)) {
      return false;
    }
    if (url.pathname + url.search === here()) { return Boolean(!url.hash); }
    if (url.pathname + url.search === strayed) { return false; }
    scrollAt[here()] = window.scrollY;
    wait({ kind: url.pathname === location.pathname ? "filter" : "page" });
    history.pushState({}, "", url.href);
    at = here();
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    return true;
  }

  document.addEventListener("click", function (event) {
    if (event.defaultPrevented || event.button !== 0) { return; }
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) { return; }
    var link = event.target.closest && event.target.closest("a[href]");
    // By attributes: a link in a drawing has objects for properties.
    if (!link || link.getAttribute("target") || link.hasAttribute("download")) { return; }
    var url = new URL(link.getAttribute("href"), location.href);
    if (url.origin !== location.origin) { return; }
    if (url.hash && url.pathname + url.search === here()) { return; }
    if (go(url)) { event.preventDefault(); }
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "get") { return; }
    var url = addressOf(form);
    if (url.origin !== location.origin) { return; }
    if (isLive(form) && choices(form) === formChoices) {
      look(form, true);
      event.preventDefault();
    } else if (go(url)) { event.preventDefault(); }
  });

  function addressOf(form) {
    var url = new URL(form.action, location.href);
    var query = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (String(value).trim() !== "") { query.append(name, String(value).trim()); }
    });
    url.search = query.toString();
    return url;
  }

  window.addEventListener("popstate", function () {
    // To another part of the same page the browser goes by itself.
    if (!started || here() === at) { return; }
    at = here();
    // Dash would not stir: it believes that it is there.
    if (at === strayed) { location.reload(); return; }
    wait({ kind: "back" });
  });

  /* --- while a search is typed ---
     Dash draws every control anew, which would take letters and the keyboard of a phone away.
     So the results come as the server's HTML, and only they are put in place. */

  function isLive(form) {
    var sparing = (navigator.connection && navigator.connection.saveData) ||
      matchMedia("(prefers-reduced-data: reduce)").matches;
    return started && form.dataset.live && !sparing && !travelling &&
      !document.documentElement.dataset.stale;
  }

  /* What a form asks for beside what is typed: choices not yet applied are left alone. */
  function choices(form) {
    if (!form) { return ""; }
    var query = addressOf(form).searchParams;
    query.delete(form.querySelector("[type=search]").name);
    return query.toString();
  }

  function stopLooking() {
    clearTimeout(typing);
    if (looking) { looking.abort(); looking = null; }
    document.documentElement.classList.remove("is-loading");
  }

  function soon(form) {
    if (!isLive(form)) { return; }
    stopLooking();
    typing = setTimeout(function () {
      if (form.isConnected && choices(form) === formChoices) { look(form, false); }
    }, TYPING_MS);
  }

  /* Fetch the results of a form. `leave`: go there with the focus, as the reader asked to. */
  function look(form, leave) {
    stopLooking();
    var url = addressOf(form);
    var place = byId(form.dataset.live);
    if (url.pathname + url.search === here()) { presentResults(place, leave); return; }
    var mine = looking = new AbortController();
    var slow = setTimeout(function () {
      if (looking === mine) { document.documentElement.classList.add("is-loading"); }
    }, SLOW_MS);
    var late = setTimeout(function () { mine.abort(); }, GIVE_UP_MS);
    fetch(url, { signal: mine.signal }).then(function (answer) {
      return answer.text();
    }).then(function (html) {
      if (looking !== mine) { return; }
      var page = new DOMParser().parseFromString(html, "text/html");
      if (isOfAnother(page.documentElement.dataset.reader)) { location.assign(url); return; }
      var version = page.documentElement.dataset.version;
      var fresh = page.getElementById(form.dataset.live);
      place.replaceChildren.apply(place, Array.from(fresh.childNodes));
      if (version !== document.documentElement.dataset.version) {
        document.documentElement.dataset.stale = "true";
      }
      readdress(url);
      stopLooking();
      presentResults(place, leave);
    }).catch(function () {
      if (looking !== mine) { return; }
      stopLooking();
      // Asked for by hand: the browser fetches the page, which says what is wrong.
      if (leave) { location.assign(url); return; }
      place.querySelector("#results").textContent = "The search did not answer. Select Search to try again.";
      presentResults(place, false);
    }).then(function () {
      clearTimeout(slow);
      clearTimeout(late);
    });
  }

  /* Results are in place: go there, or tell of them when the reader stops typing. */
  function presentResults(place, leave) {
    var line = place.querySelector("#results");
    if (leave) { line.focus(); announce(line.textContent); return; }
    typing = setTimeout(function () { announce(line.textContent); }, SPEAK_MS);
  }

  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (event.target.type === "search" && form) { soon(form); }
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
