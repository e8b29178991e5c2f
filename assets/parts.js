/* The browser's half of dashboard/components/design/part.py: parts of a page that are fetched by
   requests of their own, at once or when what they are folded up in is opened; and of
   dashboard/components/common/shape_map.py: maps that are zoomed and moved by buttons, keys, mouse
   and finger. Sent where a page has one of them (dashboard/web/scripts.py); it may come twice. */
(function () {
  "use strict";
  if (document.documentElement.dataset.parts) { return; }
  document.documentElement.dataset.parts = "read";
  var GIVE_UP_MS = 12000;
  var KEEP_MS = 60000;
  var FAILED = "This did not come just now. ";
  var MOST = 32, STEP = 2, NEAR = 8;
  var answers = {};         // what is fetched already, by address

  function say(words) {
    var announcer = document.getElementById("announcer");
    if (announcer) { announcer.textContent = words; }
  }

  /* --- parts --- */

  function answerOf(address) {
    if (!answers[address]) {
      var stop = new AbortController();
      var late = setTimeout(function () { stop.abort(); }, GIVE_UP_MS);
      answers[address] = fetch(address, { signal: stop.signal }).then(function (answer) {
        if (!answer.ok) { throw new Error(answer.status); }
        return answer.text();
      }).then(function (html) {
        var part = new DOMParser().parseFromString(html, "text/html").getElementById("part");
        if (!part) { throw new Error("no part"); }
        return part;
      });
      answers[address].then(function () {
        clearTimeout(late);
        setTimeout(function () { delete answers[address]; }, KEEP_MS);
      }, function () {
        clearTimeout(late);
        delete answers[address];
      });
    }
    return answers[address];
  }

  /* Links to other pages of what was fetched lead to those of the page it stands in now. */
  function lead(place, address) {
    var own = new URL(address, location.href).pathname;
    place.querySelectorAll("nav a[href]").forEach(function (link) {
      var url = new URL(link.getAttribute("href"), location.href);
      var heading = place.closest("section[id]");
      if (url.pathname !== own || !heading) { return; }
      link.setAttribute("href", location.pathname + url.search + "#" + heading.id);
    });
  }

  function fill(place, aloud) {
    if (place.dataset.state) { return; }
    var address = place.dataset.part, link = place.querySelector("a");
    place.dataset.state = "waits";
    place.setAttribute("aria-busy", "true");
    answerOf(address).then(function (part) {
      place.replaceChildren.apply(place, Array.from(part.cloneNode(true).childNodes));
      lead(place, address);
      place.querySelectorAll(".shape-map-box").forEach(equip);
      var line = place.querySelector("p");
      if (aloud && line) { say(line.textContent); }
    }, function () {
      place.dataset.state = "";
      if (link.previousSibling) { return; }
      link.before(FAILED);
      say(FAILED);
    }).then(function () { place.removeAttribute("aria-busy"); });
  }

  function look() {
    document.querySelectorAll("[data-part]").forEach(function (place) {
      var fold = place.closest("details");
      if (!fold || fold.open) { fill(place, false); }
    });
    document.querySelectorAll(".shape-map-box").forEach(equip);
  }

  // A paper shows folds opened, and nothing is fetched for it.
  document.addEventListener("toggle", function (event) {
    var place = event.target.open && event.target.querySelector(":scope > [data-part]");
    if (place && !matchMedia("print").matches) { fill(place, true); }
  }, true);

  /* --- maps --- */

  function equip(box) {
    var svg = box.querySelector("svg"), all = svg.viewBox.baseVal;
    if (box.dataset.state) { return; }
    box.dataset.state = "moves";
    var whole = { x: all.x, y: all.y, width: all.width, height: all.height };
    var now = { x: whole.x, y: whole.y, zoom: 1 };
    var bar = document.createElement("div"), line = document.createElement("p");
    bar.className = "shape-map-bar";
    line.className = "shape-map-line quiet small";
    [["Zoom in", "+", "+"], ["Zoom out", "\u2212", "-"], ["Move left", "\u2190", "ArrowLeft"],
      ["Move right", "\u2192", "ArrowRight"], ["Move up", "\u2191", "ArrowUp"],
      ["Move down", "\u2193", "ArrowDown"], ["Whole map", "Whole map", "0"]
    ].forEach(function (one) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "button button-secondary button-small";
      button.textContent = one[1];
      if (one[1] !== one[0]) { button.setAttribute("aria-label", one[0]); }
      button.addEventListener("click", function () { act(one[2]); });
      bar.append(button);
    });
    box.prepend(bar);
    box.append(line);
    show(false);

    function act(key) {
      var half = { x: whole.width / now.zoom / 2, y: whole.height / now.zoom / 2 };
      if (key === "+" || key === "=") { zoom(now.zoom * STEP, now.x + half.x, now.y + half.y); }
      else if (key === "-") { zoom(now.zoom / STEP, now.x + half.x, now.y + half.y); }
      else if (key === "0") { zoom(1, 0, 0); }
      else if (key === "ArrowLeft") { move(-half.x / 2, 0); }
      else if (key === "ArrowRight") { move(half.x / 2, 0); }
      else if (key === "ArrowUp") { move(0, -half.y / 2); }
      else if (key === "ArrowDown") { move(0, half.y / 2); }
      else { return false; }
      show(true);
      return true;
    }

    /* Zoom so that a place of the drawing stays where it is. */
    function zoom(next, x, y) {
      next = Math.min(Math.max(next, 1), MOST);
      now.x = x - (x - now.x) * now.zoom / next;
      now.y = y - (y - now.y) * now.zoom / next;
      now.zoom = next;
      move(0, 0);
    }

    function move(x, y) {
      var width = whole.width / now.zoom, height = whole.height / now.zoom;
      now.x = Math.min(Math.max(now.x + x, whole.x), whole.x + whole.width - width);
      now.y = Math.min(Math.max(now.y + y, whole.y), whole.y + whole.height - height);
      svg.setAttribute("viewBox", [now.x, now.y, width, height].join(" "));
      svg.style.setProperty("--closer", now.zoom);
      svg.classList.toggle("shape-map-closer", now.zoom > 1);
    }

    /* What is in sight, in words; few shapes as links too, for the keyboard. */
    function show(aloud) {
      var frame = svg.getBoundingClientRect();
      var links = Array.from(svg.querySelectorAll("a"));
      var inside = links.filter(function (link) {
        var at = link.getBoundingClientRect();
        return at.right >= frame.left && at.left <= frame.right &&
          at.bottom >= frame.top && at.top <= frame.bottom;
      });
      var words = (now.zoom === 1 ? "The whole map. " : "Zoomed in " + Math.round(now.zoom) +
        " times. ");
      if (links.length === 1) {
        words += inside.length ? "The shape is in sight" : "The shape is out of sight";
      } else { words += inside.length + " of " + links.length + " in sight"; }
      var few = links.length > 1 && inside.length && inside.length <= NEAR;
      line.replaceChildren(words + (few ? ": " : "."));
      if (few) {
        inside.forEach(function (link, number) {
          var copy = document.createElement("a");
          copy.href = link.getAttribute("href");
          copy.className = "link";
          copy.textContent = link.getAttribute("aria-label");
          line.append(number ? "; " : "", copy);
        });
      }
      if (aloud) { say(words + "."); }
    }

    bar.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey) { return; }
      if (act(event.key)) { event.preventDefault(); }
    });

    /* Where a pointer is in the drawing. */
    function place(event) {
      var frame = svg.getBoundingClientRect(), scale = whole.width / now.zoom / frame.width;
      return { x: now.x + (event.clientX - frame.left) * scale,
        y: now.y + (event.clientY - frame.top) * scale, scale: scale };
    }

    // A wheel goes on scrolling the page, unless Ctrl is held, as it is by fingers on a trackpad.
    svg.addEventListener("wheel", function (event) {
      if (!event.ctrlKey) { return; }
      event.preventDefault();
      var at = place(event);
      zoom(now.zoom * Math.pow(STEP, -event.deltaY / 100), at.x, at.y);
      show(false);
    }, { passive: false });

    svg.addEventListener("dblclick", function (event) {
      var at = place(event);
      zoom(now.zoom * STEP, at.x, at.y);
      show(true);
    });

    var from = null, far = false;
    svg.addEventListener("pointerdown", function (event) {
      far = false;
      from = event.isPrimary && event.button === 0 && now.zoom > 1 ? event : null;
    });
    svg.addEventListener("pointermove", function (event) {
      if (!from || event.pointerId !== from.pointerId) { return; }
      var x = event.clientX - from.clientX, y = event.clientY - from.clientY;
      if (!far && Math.abs(x) + Math.abs(y) < 5) { return; }
      if (!far) { svg.setPointerCapture(event.pointerId); }
      far = true;
      var scale = place(event).scale;
      move(-x * scale, -y * scale);
      from = event;
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      svg.addEventListener(name, function () {
        if (from && far) { show(false); }
        from = null;
      });
    });
    // Whoever moved the map did not mean the shape below.
    svg.addEventListener("click", function (event) {
      if (far) { event.preventDefault(); event.stopPropagation(); far = false; }
    }, true);
    svg.addEventListener("dragstart", function (event) { event.preventDefault(); });
  }

  document.addEventListener("arrived", look);
  look();
})();
