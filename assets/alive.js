/* What enlivens a page while it is looked at: how far a check is, copying a link, and keeping what
   is typed. Sent only where a page has something to enliven (see dashboard/web/scripts.py); it may come twice. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  var again = Boolean(window.dash_clientside.check);

  /* How far the check of this page is; a check that has ended is loaded anew. */
  function tick() {
    var same = window.dash_clientside.no_update;
    var place = document.querySelector("#page [data-state]");
    // Between two pages there is none.
    if (!place) { return [same, same]; }
    return fetch(place.dataset.state, { cache: "no-store" }).then(function (answer) {
      if (answer.status === 404) { location.reload(); }
      if (!answer.ok) { throw new Error(answer.status); }
      return answer.json();
    }).then(function (state) {
      if (state.ended) {
        write("check-stage", "Finished: here is what was found");
        location.reload();
        return [100, false];
      }
      write("check-stage", state.stage);
      write("check-rows", state.rows);
      return [state.percent, false];
    }).catch(function () { return [same, true]; });
  }

  function write(id, words) {
    var place = document.getElementById(id);
    if (place && place.textContent !== words) { place.textContent = words; }
  }
  window.dash_clientside.check = { tick: tick };

  function show() {
    document.querySelectorAll("button[data-copies]").forEach(function (button) {
      button.hidden = false;
    });
  }
  show();
  if (again) { return; }

  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("arrived", show);
  /* A form that cannot be undone asks first; without this script it is sent as it is. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var place = form.closest("[data-asks]");
    var dialog = place && document.getElementById(place.dataset.asks);
    if (!dialog || !dialog.showModal) { return; }
    event.preventDefault();
    dialog.returnValue = "";
    dialog.onclose = function () { if (dialog.returnValue === "yes") { form.submit(); } };
    dialog.showModal();
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button[data-copies]");
    if (!button) { return; }
    var field = document.getElementById(button.dataset.copies);
    var place = button.parentNode.parentNode.querySelector("[data-said]");
    field.select();
    place.textContent = document.execCommand("copy") ? "Link copied"
      : "Your browser does not allow copying. Press Ctrl and C.";
  });

  /* What is typed into a form is kept when the typing rests, and when the page goes out of sight.
     Sending the form keeps it too. */
  var waiting = null;

  function keep() {
    var place = waiting && waiting.place;
    if (!place) { return; }
    clearTimeout(waiting.timer);
    waiting = null;
    fetch(place.dataset.keeps, {
      method: "POST", keepalive: true, body: new FormData(place.querySelector("form"))
    }).then(function (answer) {
      /* A page that answered a form is loaded anew as itself: the form, sent once more, would put
         what it had then over what is kept now. */
      if (answer.ok) { history.replaceState(history.state, "", location.href); }
      say(place, answer.ok ? "What you typed is kept" : "What you typed is not kept: send the form");
    }).catch(function () {
      say(place, "We cannot reach the server just now: what you type is not kept");
    });
  }

  function say(place, words) { place.querySelector("[data-said]").textContent = words; }

  document.addEventListener("input", function (event) {
    var place = event.target.closest && event.target.closest("[data-keeps]");
    if (!place) { return; }
    if (waiting) { clearTimeout(waiting.timer); }
    waiting = { place: place, timer: setTimeout(keep, 1500) };
  });
  document.addEventListener("submit", function () {
    if (waiting) { clearTimeout(waiting.timer); waiting = null; }
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") { keep(); }
  });
  addEventListener("pagehide", keep);
})();
