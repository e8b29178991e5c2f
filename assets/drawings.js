/* Reading drawings that need no script: small charts side by side at one date, by pointer or by
   arrow keys; and the map, whose authorities are told beside it. Sent
   where a page has such a drawing (see dashboard/web/scripts.py); it may come twice. */
(function () {
  "use strict";
  if (document.documentElement.dataset.drawings) { return; }
  document.documentElement.dataset.drawings = "read";
  var group, kept;

  function data(node, name) { return JSON.parse(node.dataset[name] || "[]"); }

  function leave() {
    if (!group) { return; }
    kept.forEach(function (pair) { pair[0].textContent = pair[1]; });
    delete group.dataset.now;
    group = kept = null;
  }

  /* All charts of the group at one of its dates. */
  function read(next, number, aloud) {
    if (group !== next) { leave(); }
    if (!group) {
      group = next;
      kept = Array.prototype.map.call(group.querySelectorAll(".multiple-value"),
        function (span) { return [span, span.textContent]; });
    }
    var words = data(group, "words")[number], parts = [];
    group.dataset.now = number;
    group.querySelectorAll(".multiple").forEach(function (chart) {
      var value = data(chart, "values")[number], line = chart.querySelector(".multiple-at");
      var at = data(group, "at")[number] + "%";
      line.setAttribute("x1", at);
      line.setAttribute("x2", at);
      var figure = value === null ? "–" : value.toLocaleString("en-GB") + group.dataset.suffix;
      var place = chart.querySelector(".multiple-value");
      place.textContent = figure + " · " + words;
      parts.push(chart.querySelector(".multiple-title").firstChild.textContent + " " + figure);
    });
    var announcer = document.getElementById("announcer");
    if (aloud && announcer) { announcer.textContent = words + ": " + parts.join(", "); }
  }

  document.addEventListener("pointermove", function (event) {
    var plot = event.target.closest && event.target.closest(".multiple-plot");
    if (!plot) { leave(); return; }
    var box = plot.getBoundingClientRect(), at = 100 * (event.clientX - box.left) / box.width;
    var places = data(plot.closest(".multiples"), "at");
    var nearest = places.reduce(function (best, place, number) {
      return Math.abs(place - at) < Math.abs(places[best] - at) ? number : best;
    }, 0);
    read(plot.closest(".multiples"), nearest, false);
  });

  document.addEventListener("keydown", function (event) {
    var here = event.target.closest && event.target.closest(".multiples");
    if (!here || event.altKey || event.ctrlKey || event.metaKey) { return; }
    if (event.key === "Escape") { leave(); return; }
    var step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) { return; }
    var last = data(here, "at").length - 1;
    var now = here.dataset.now === undefined ? last + (step < 0 ? 1 : 0) : Number(here.dataset.now);
    read(here, Math.min(Math.max(now + step, 0), last), true);
    event.preventDefault();
  });

  document.addEventListener("focusout", leave);

  /* What a link of the map is called, for as long as it is pointed at or has the focus. */
  function name(event) {
    var link = event.target.closest && event.target.closest(".map-drawing a");
    var box = link && link.closest(".map-box");
    if (!box) { return; }
    var place = box.querySelector(".map-words");
    place.textContent = link.getAttribute("aria-label");
    place.dataset.now = "";
  }
  document.addEventListener("pointerover", name);
  document.addEventListener("focusin", name);
})();
