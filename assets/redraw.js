/* A part of a page as SVG: it looks as on the page, and is laid out anew for a box of any shape.
   Boxes, marks, words and drawings. For slides.js, with which it is fetched. */
(function () {
  "use strict";
  var SVG = "http://www.w3.org/2000/svg";
  var ROOM = 1600;          // how wide the window is for which a copy of a figure is laid out
  var SMALLEST = 0.35;      // below that nobody can read it
  // What is of no use on a slide: what can be done with the figure, and what is said around it.
  var LEFT_OUT = ".tools, .figure-stamp, figcaption, caption, details, form, nav, .hidden, " +
    ".scroll-hint, .views, .map-words, .chart-line, .chart-range, .chart-foot, .sort";
  var NOTES = "p, ul:not(.line-key), dl:not(.stats), .inset, .notice";
  var LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray",
    "stroke-linejoin", "stroke-linecap", "paint-order", "font-family", "font-size",
    "font-weight", "text-anchor", "visibility"];
  var OWN_LOOKS = { opacity: "1", "vector-effect": "none" };    // those that are not inherited
  // Of the copy alone: links are words, a key keeps its lines, and numbers are read above lines.
  var SHEET = "a { color: inherit } .line-key li { white-space: nowrap } .map-box { " +
    "grid-template-columns: minmax(33rem, 44rem) max-content } .stats.stats-line { " +
    "grid-auto-flow: row; grid-template-columns: repeat(3, 1fr) } .multiple-plot text { stroke: #fff; " +
    "stroke-width: 3px; paint-order: stroke } .tight :is(td, th) { padding-block: .2rem; line-height: 1.25 }";
  var pen = document.createElement("canvas").getContext("2d");

  function element(name, attributes, words) {
    var node = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (words) { node.textContent = plain(words); }
    return node;
  }

  /* XML has no control characters, not even escaped. */
  function plain(words) { return words.replace(/[\u0000-\u001f\ufffe\uffff]+/g, " "); }

  function round(number) { return Math.round(number * 100) / 100; }

  /* A window of the same width for every reader, with our sheets, that nobody sees. */
  function room() {
    var frame = document.createElement("iframe");
    frame.title = "";
    frame.setAttribute("aria-hidden", "true");
    frame.tabIndex = -1;
    frame.style.cssText = "position:fixed;left:-9999px;top:0;border:0;height:1200px;width:" +
      ROOM + "px";
    document.body.append(frame);
    var inside = frame.contentDocument;
    inside.documentElement.className = "scripted";
    var sheets = Array.from(document.querySelectorAll("link[rel=stylesheet]"), function (link) {
      var twin = inside.importNode(link, true);
      twin.href = link.href;
      return new Promise(function (resolve) {
        twin.onload = twin.onerror = resolve;
        inside.head.append(twin);
      });
    });
    return Promise.all(sheets).then(function () {
      inside.head.append(Object.assign(inside.createElement("style"), { textContent: SHEET }));
      return frame;
    });
  }

  function copyOf(figure, inside) {
    var twin = inside.importNode(figure, true);
    twin.querySelectorAll(LEFT_OUT).forEach(function (part) { part.remove(); });
    if (figure.tagName === "FIGURE") {
      Array.from(twin.children).forEach(function (part) {
        if (part.matches(NOTES)) { part.remove(); }
      });
    }
    twin.querySelectorAll("[data-now]").forEach(function (part) { delete part.dataset.now; });
    twin.querySelectorAll(".table-scroll").forEach(function (part) {
      part.style.cssText = "overflow:visible;margin:0";
    });
    twin.querySelectorAll(".multiple-plot").forEach(function (plot) {
      plot.append.apply(plot, plot.querySelectorAll("text"));
    });
    twin.style.cssText = "margin:0;padding:0;border:0;background:none;max-width:none";
    inside.body.style.cssText = "display:block;min-height:0;background:#fff";
    inside.body.append(twin);
    return twin;
  }

  /* How wide and high a copy is when it is given that width. */
  function extent(twin, width) {
    twin.style.width = width + "px";
    var left = twin.getBoundingClientRect().left, high = 0, wide = 0;
    twin.querySelectorAll("*").forEach(function (part) {
      var box = part.getBoundingClientRect();
      if (!box.width || part.closest("svg svg, svg *")) { return; }
      high = Math.max(high, box.bottom);
      wide = Math.max(wide, box.right - left);
    });
    return { width: wide, height: high - twin.getBoundingClientRect().top };
  }

  /* The zoom at which a copy fills a box best, and how large it is then. A table that does not fit
     keeps type that can be read, and loses rows. */
  function fitted(twin, box, shape, isTable) {
    var best = { zoom: 0 };
    for (var zoom = shape.zoom[0]; zoom > SMALLEST; zoom *= 0.95) {
      var size = extent(twin, box.width / zoom);
      var wide = box.width / Math.max(size.width, 1), fits = Math.min(zoom, wide);
      if (!isTable) { fits = Math.min(fits, box.height / size.height); }
      if (fits > best.zoom) { best = { zoom: fits, given: box.width / zoom }; }
      if (isTable && wide >= zoom * 0.99 &&
          (size.height * zoom <= box.height || zoom * 0.95 < shape.zoom[1])) {
        best = { zoom: zoom, given: box.width / zoom };
        break;
      }
    }
    best.size = extent(twin, best.given);
    return best;
  }

  /* Takes columns off the end of a table until it can be read, and says how many are left. */
  function narrowed(twin, box, shape) {
    var head = twin.querySelector("thead tr"), left = head ? head.children.length : 0;
    while (left > 3 && extent(twin, box.width / shape.zoom[1]).width * shape.zoom[1] >
        box.width * 1.01) {
      left -= 1;
      twin.querySelectorAll("tr").forEach(function (row) {
        if (row.children.length > left) { row.lastElementChild.remove(); }
        else if (row.children.length === 1) { row.firstElementChild.colSpan = left; }
      });
    }
    return left;
  }

  /* The rows of a table, without the headings of groups of them. */
  function rowsOf(twin) {
    return Array.from(twin.querySelectorAll("tbody tr")).filter(function (row) {
      return row.children.length > 1;
    });
  }

  /* Takes rows off the end of a table until it fits, and says how many are left. */
  function shortened(twin, box, fit) {
    var rows = Array.from(twin.querySelectorAll("tbody tr"));
    function ends() { return rows[rows.length - 1].children.length < 2; }
    while (rows.length > 2 && (ends() || extent(twin, fit.given).height * fit.zoom > box.height)) {
      rows.pop().remove();
    }
    fit.size = extent(twin, fit.given);
    return rowsOf(twin).length;
  }

  /* A part of the page in a box of a slide: an SVG group, and for a table that does not fit how
     many rows are shown, and where that is to be said. */
  function redraw(figure, box, shape, total, first) {
    return room().then(function (frame) {
      try {
        var twin = copyOf(figure, frame.contentDocument);
        var rows = rowsOf(twin).length, cut = "";
        var isTable = rows && !twin.querySelector(".multiples, .map-box, .funnel");
        var columns = twin.querySelectorAll("thead tr:first-child > *").length;
        var isOne = isTable && twin.querySelectorAll("thead").length < 2;
        var left = isOne ? narrowed(twin, box, shape) : columns;
        var fit = fitted(twin, box, shape, isTable);
        // Rows stand closer before any of them is left out.
        if (isTable && fit.size.height * fit.zoom > box.height) {
          twin.classList.add("tight");
          fit = fitted(twin, box, shape, isTable);
        }
        if (isTable) {
          var all = Math.max(total, rows), part = box;
          if (all > rows || left < columns || fit.size.height * fit.zoom > box.height) {
            part = Object.assign({}, box, { height: box.height - shape.foot * 2 });
          }
          var rest = shortened(twin, part, fit);
          var parts = [];
          var of = " of " + all.toLocaleString("en-GB");
          if (first > 1) { parts.push("Rows " + first + " to " + (first + rest - 1) + of); }
          else if (rest < all) { parts.push("First " + rest + of + " rows"); }
          if (left < columns) { parts.push("first " + left + " of " + columns + " columns"); }
          cut = parts.join("; ").replace(/^f/, "F");
        }
        var origin = twin.getBoundingClientRect();
        var across = isTable ? 0 : Math.max(0, (box.width - fit.size.width * fit.zoom) / 2);
        var group = element("g", { transform: "translate(" + round(box.x + across) + " " +
          round(box.y) + ") scale(" + round(fit.zoom * 1000) / 1000 + ")" });
        collect(twin, group, origin);
        return { part: group, cut: cut,
          end: round(box.y + fit.size.height * fit.zoom + shape.foot * 0.6) };
      } finally { frame.remove(); }
    });
  }

  /* A drawing with its looks in itself, since a picture knows no style sheet. */
  function drawing(svg, box, origin) {
    var twin = document.importNode(svg, true), parts = [twin].concat(
      Array.from(twin.querySelectorAll("*")));
    var view = svg.ownerDocument.defaultView;
    [svg].concat(Array.from(svg.querySelectorAll("*"))).forEach(function (part, number) {
      var style = view.getComputedStyle(part), into = parts[number];
      // What is inherited is said once: so a path that is drawn by `use` looks as that says.
      var above = number ? view.getComputedStyle(part.parentNode) : null;
      var looks = LOOKS.filter(function (name) {
        return !above || style.getPropertyValue(name) !== above.getPropertyValue(name);
      }).concat(Object.keys(OWN_LOOKS).filter(function (name) {
        return style.getPropertyValue(name) && style.getPropertyValue(name) !== OWN_LOOKS[name];
      }));
      if (part.tagName === "svg" && style.overflow === "visible") { looks.push("overflow"); }
      into.setAttribute("style", looks.map(function (name) {
        return name + ":" + style.getPropertyValue(name);
      }).join(";"));
      ["class", "tabindex", "aria-label", "role", "focusable"].forEach(function (name) {
        into.removeAttribute(name);
      });
    });
    // Links are HTML's inside a drawing of the page: a picture has none.
    twin.querySelectorAll("a").forEach(function (link) {
      var group = element("g", { style: link.getAttribute("style") });
      group.append.apply(group, link.childNodes);
      link.replaceWith(group);
    });
    twin.setAttribute("x", round(box.left - origin.left));
    twin.setAttribute("y", round(box.top - origin.top));
    twin.setAttribute("width", round(box.width));
    twin.setAttribute("height", round(box.height));
    return twin;
  }

  function rectangle(into, origin, box, fill) {
    into.append(element("rect", { x: round(box.left - origin.left), y: round(box.top - origin.top),
      width: round(box.width), height: round(box.height), fill: fill }));
  }

  function isSeen(colour) { return colour !== "transparent" && !/,\s*0\)$/.test(colour); }

  /* Draws a part of a laid out copy, in order: boxes, marks, words, drawings. */
  function collect(node, into, origin) {
    if (node.nodeType === Node.TEXT_NODE) { letters(node, into, origin); return; }
    if (node.nodeType !== Node.ELEMENT_NODE) { return; }
    var style = node.ownerDocument.defaultView.getComputedStyle(node);
    var box = node.getBoundingClientRect();
    if (style.display === "none" || style.visibility === "hidden") { return; }
    if (node.tagName.toLowerCase() === "svg") {
      into.append(drawing(node, box, origin));
      return;
    }
    if (isSeen(style.backgroundColor)) { rectangle(into, origin, box, style.backgroundColor); }
    mark(node, style, box, into, origin);
    ["Top", "Bottom"].forEach(function (side) {
      var wide = parseFloat(style["border" + side + "Width"]);
      if (!wide || style["border" + side + "Style"] === "none") { return; }
      rectangle(into, origin, new DOMRect(box.left, side === "Top" ? box.top : box.bottom - wide,
        box.width, wide), style["border" + side + "Color"]);
    });
    node.childNodes.forEach(function (child) { collect(child, into, origin); });
  }

  /* The shape before the word of a status, which a sheet draws as a mask. */
  function mark(node, style, box, into, origin) {
    var shape = node.matches(".tag, .mark-only") && /url\("data:image\/svg\+xml,(.*)"\)/.exec(
      style.getPropertyValue("--shape"));
    if (!shape) { return; }
    var size = parseFloat(style.fontSize) * 0.8;
    var svg = new DOMParser().parseFromString(shape[1].replace(/red/g, style.color),
      "image/svg+xml").documentElement;
    svg.setAttribute("fill", style.color);
    svg.setAttribute("width", size);
    svg.setAttribute("height", size);
    svg.setAttribute("x", round(box.left - origin.left + parseFloat(style.paddingLeft)));
    svg.setAttribute("y", round(box.top - origin.top + (box.height - size) / 2));
    into.append(document.importNode(svg, true));
  }

  function pieces(range, node, start, word) {
    range.setStart(node, start);
    range.setEnd(node, start + word.length);
    return range.getClientRects().length > 1 ? Array.from(word) : [word];
  }

  /* Line by line, where they break in the copy. */
  function letters(node, into, origin) {
    var style = node.ownerDocument.defaultView.getComputedStyle(node.parentNode);
    var range = node.ownerDocument.createRange(), match, end = 0, rows = [];
    while ((match = /\S+/.exec(node.data.slice(end)))) {
      var start = end + match.index;
      end = start + match[0].length;
      // A word that is broken, as after a hyphen, is read letter by letter.
      pieces(range, node, start, match[0]).forEach(function (words, number) {
        range.setStart(node, start);
        range.setEnd(node, start += words.length);
        var box = range.getBoundingClientRect(), row = rows[rows.length - 1];
        if (!box.width) { return; }
        if (row && Math.abs(row.box.top - box.top) < 2) { row.words += (number ? "" : " ") + words; }
        else { rows.push({ box: box, words: words }); }
      });
    }
    pen.font = [style.fontStyle, style.fontWeight, style.fontSize, style.fontFamily].join(" ");
    var rise = pen.measureText("x").fontBoundingBoxAscent;
    rows.forEach(function (row) {
      var upright = /^vertical/.test(style.writingMode);
      var x = row.box.left - origin.left, y = row.box.top - origin.top;
      var place = upright ? { transform: "translate(" + round(x + rise) + " " +
        round(row.box.bottom - origin.top) + ") rotate(-90)" } : { x: round(x), y: round(y + rise) };
      into.append(element("text", Object.assign(place, { fill: style.color,
        "font-family": style.fontFamily, "font-size": style.fontSize,
        "font-weight": style.fontWeight, "font-style": style.fontStyle }), row.words));
    });
  }

  window.dashboard = Object.assign(window.dashboard || {}, { redraw: redraw, element: element });
})();
