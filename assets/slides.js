/* A figure or a table as a whole slide: title, dates, the figure, its source with its licence. Made
   in this browser as one SVG, which a canvas turns into a PNG. Fetched by share.js when asked for. */
(function () {
  "use strict";
  var SVG = "http://www.w3.org/2000/svg";
  var PAPER = "#fff", INK = "#1b282d", QUIET = "#52616a";
  // Sizes in dots. `zoom`: by how much type of the page grows, at most and at least.
  var SHAPES = {
    wide: { width: 1920, height: 1080, pad: 64, title: 52, dates: 30, foot: 22, zoom: [2.2, 1.4] },
    square: { width: 1080, height: 1080, pad: 48, title: 42, dates: 26, foot: 20, zoom: [1.9, 1.15] }
  };
  var ROOM = 1600;          // how wide the window is for which a copy of a figure is laid out
  var WAIT_MS = 10000;
  var SMALLEST = 0.35;      // below that nobody can read it
  // What is of no use on a slide: what can be done with the figure, and what is said around it.
  var LEFT_OUT = ".tools, .figure-stamp, figcaption, caption, details, form, nav, .hidden, " +
    ".scroll-hint, .views, .map-words, .chart-line, .chart-range, .chart-foot";
  var NOTES = "p, ul:not(.line-key), dl, .inset, .notice";
  var LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray",
    "stroke-linejoin", "stroke-linecap", "font-family", "font-size", "font-weight", "text-anchor",
    "visibility"];
  var OWN_LOOKS = { opacity: "1", "vector-effect": "none" };    // those that are not inherited
  var pen = document.createElement("canvas").getContext("2d");

  function element(name, attributes, words) {
    var node = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (words) { node.textContent = plain(words); }
    return node;
  }

  /* XML has no control characters, not even escaped. */
  function plain(words) { return words.replace(/[\u0000-\u001f\ufffe\uffff]+/g, " "); }

  function family() { return getComputedStyle(document.body).fontFamily; }

  /* --- words --- */

  /* A text in lines no wider than that; a word that is wider is broken. */
  function lines(words, font, width) {
    pen.font = font;
    function fits(part) { return pen.measureText(part).width <= width; }
    var rows = [""];
    plain(words).trim().split(/\s+/).forEach(function (word) {
      var row = rows[rows.length - 1];
      if (!row || fits(row + " " + word)) { rows[rows.length - 1] = row ? row + " " + word : word; }
      else { rows.push(word); }
      while (!fits(rows[rows.length - 1]) && rows[rows.length - 1].length > 1) {
        var long = Array.from(rows.pop()), count = long.length - 1;
        while (count > 1 && !fits(long.slice(0, count).join(""))) { count -= 1; }
        rows.push(long.slice(0, count).join(""), long.slice(count).join(""));
      }
    });
    return rows;
  }

  /* Words in as few lines as asked: the type gets smaller where they are many. */
  function block(words, size, weight, colour, width, most) {
    var rows;
    for (var type = size; ; type *= 0.92) {
      rows = lines(words, weight + " " + type + "px " + family(), width);
      if (rows.length <= most || type < size * 0.62) { break; }
    }
    return { rows: rows, size: type, weight: weight, colour: colour,
      high: words ? rows.length * type * 1.25 : 0 };
  }

  function write(slide, text, x, y) {
    text.rows.forEach(function (row, number) {
      slide.append(element("text", { x: x, y: round(y + (number * 1.25 + 0.95) * text.size),
        fill: text.colour, "font-family": family(), "font-size": round(text.size),
        "font-weight": text.weight }, row));
    });
  }

  function round(number) { return Math.round(number * 100) / 100; }

  /* --- a chart of Plotly's, drawn anew in the shape of the slide --- */

  function charted(graph, box, shape) {
    var high = graph.getBoundingClientRect().height;
    // Plots of many rows are higher on the page than others: they need the room.
    var zoom = Math.max(Math.min(shape.zoom[0] * 0.85, box.height / Math.min(high, 420),
      box.height / (high * 0.8)), 0.9);
    var size = { width: Math.round(box.width / zoom), height: Math.round(box.height / zoom) };
    var layout = JSON.parse(JSON.stringify(graph.layout));
    delete layout.autosize;
    return window.Plotly.toImage({ data: graph.data, layout: Object.assign(layout, size) },
      Object.assign({ format: "svg" }, size)).then(function (source) {
      var words = decodeURIComponent(source.slice(source.indexOf(",") + 1));
      var plot = document.importNode(
        new DOMParser().parseFromString(words, "image/svg+xml").documentElement, true);
      plot.setAttribute("viewBox", "0 0 " + size.width + " " + size.height);
      ["x", "y", "width", "height"].forEach(function (key) { plot.setAttribute(key, box[key]); });
      return [plot];
    });
  }

  /* The dates that a reader chose of a chart, in place of all. */
  function chosenDates(graph) {
    var holder = graph.closest("[data-axis]"), figure = holder && holder.parentNode &&
      (holder.figure || {});
    var range = graph._fullLayout.xaxis.range.map(function (at) { return String(at).slice(0, 10); });
    if (!figure || !figure.whole || String(range) === String(figure.whole.map(function (at) {
      return String(at).slice(0, 10);
    }))) { return ""; }
    return range.map(function (at) {
      return new Date(at + "T00:00Z").toLocaleDateString("en-GB",
        { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
    }).join(" to ");
  }

  /* --- everything else: laid out anew in a frame of its own, and what comes out is drawn --- */

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
    return Promise.all(sheets).then(function () { return frame; });
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
    twin.querySelectorAll("a:not(svg a)").forEach(function (link) { link.style.color = "inherit"; });
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

  function shortened(twin, box, fit) {
    var rows = Array.from(twin.querySelectorAll("tbody tr")), kept = rows.length;
    function tooHigh() { return extent(twin, fit.given).height * fit.zoom > box.height; }
    while (kept > 1 && tooHigh()) {
      kept -= 1;
      rows[kept].remove();
    }
    fit.size = extent(twin, fit.given);
    return kept;
  }

  function drawn(figure, box, shape, total, note) {
    return room().then(function (frame) {
      try {
        var twin = copyOf(figure, frame.contentDocument);
        var rows = twin.querySelectorAll("tbody tr").length;
        var isTable = rows && !twin.querySelector(".multiples, .map-box, .funnel");
        var fit = fitted(twin, box, shape, isTable);
        if (isTable) {
          var all = Math.max(total, rows), part = box;
          if (all > rows || fit.size.height * fit.zoom > box.height) {
            part = Object.assign({}, box, { height: box.height - shape.foot * 2 });
          }
          var kept = shortened(twin, part, fit);
          if (kept < all) {
            note.words = "First " + kept + " of " + all.toLocaleString("en-GB") + " rows";
            note.y = box.y + fit.size.height * fit.zoom + shape.foot * 0.6;
          }
        }
        var origin = twin.getBoundingClientRect();
        var across = isTable ? 0 : Math.max(0, (box.width - fit.size.width * fit.zoom) / 2);
        var group = element("g", { transform: "translate(" + round(box.x + across) + " " +
          round(box.y) + ") scale(" + round(fit.zoom * 1000) / 1000 + ")" });
        collect(twin, group, origin);
        return [group];
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

  /* Line by line, where they break in the copy. */
  function letters(node, into, origin) {
    var style = node.ownerDocument.defaultView.getComputedStyle(node.parentNode);
    var range = node.ownerDocument.createRange(), match, rows = [];
    var pattern = /\S+/g;
    while ((match = pattern.exec(node.data))) {
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      var box = range.getBoundingClientRect(), row = rows[rows.length - 1];
      if (!box.width) { continue; }
      if (row && Math.abs(row.box.top - box.top) < 2) { row.words += " " + match[0]; }
      else { rows.push({ box: box, words: match[0] }); }
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

  /* --- the slide --- */

  /* Where the menu is not a figure's: the table above it. */
  function above(menu) {
    return Array.from(menu.closest(".section, main").querySelectorAll("table")).filter(
      function (table) {
        return table.compareDocumentPosition(menu) & Node.DOCUMENT_POSITION_FOLLOWING;
      }).pop();
  }

  function graphOf(figure) {
    var ends = Date.now() + WAIT_MS;
    return new Promise(function (resolve, reject) {
      (function look() {
        var plot = figure.querySelector(".chart-plot");
        var graph = plot && plot.querySelector(".js-plotly-plot");
        if (!plot || graph && graph._fullLayout) { resolve(graph); }
        else if (Date.now() > ends) { reject(new Error("no chart")); }
        else { setTimeout(look, 100); }
      })();
    });
  }

  /* The slide as an SVG element. In: the part of the menu that says of what, and the shape. */
  function slide(words, name) {
    var shape = SHAPES[name], wide = shape.width - 2 * shape.pad;
    var figure = words.of ? document.getElementById(words.of) : words.figure || above(words.menu);
    return graphOf(figure).then(function (graph) {
      var svg = element("svg", { xmlns: SVG, viewBox: "0 0 " + shape.width + " " + shape.height,
        width: shape.width, height: shape.height });
      svg.append(element("title", {}, words.title),
        element("rect", { width: shape.width, height: shape.height, fill: PAPER }));
      var dates = graph && chosenDates(graph) || words.dates;
      var title = block(words.title, shape.title, 700, INK, wide, 2);
      var second = block(dates, shape.dates, 400, QUIET, wide, 1);
      var foot = block(words.source, shape.foot, 400, QUIET, wide, 1);
      var top = shape.pad * 0.8 + title.high + second.high + shape.pad * 0.45;
      var box = { x: shape.pad, y: round(top), width: wide,
        height: round(shape.height - top - foot.high - shape.pad * 0.9) };
      var note = {};
      return (graph ? charted(graph, box, shape)
        : drawn(figure, box, shape, words.total, note)).then(function (parts) {
        svg.append.apply(svg, parts);
        write(svg, title, shape.pad, shape.pad * 0.8);
        write(svg, second, shape.pad, shape.pad * 0.8 + title.high);
        if (note.words) {
          write(svg, block(note.words, shape.foot, 400, QUIET, wide, 1), shape.pad, note.y);
        }
        write(svg, foot, shape.pad, shape.height - shape.pad * 0.5 - foot.high);
        return svg;
      });
    });
  }

  function painted(svg, words) {
    return new Promise(function (resolve, reject) {
      var image = new Image();
      image.onload = function () {
        var canvas = document.createElement("canvas");
        canvas.width = svg.getAttribute("width");
        canvas.height = svg.getAttribute("height");
        canvas.getContext("2d").drawImage(image, 0, 0);
        canvas.toBlob(resolve, "image/png");
      };
      image.onerror = reject;
      image.src = "data:image/svg+xml," + encodeURIComponent(words);
    });
  }

  /* A file of the slide. In: its words with the figure, its shape, and svg or png. */
  window.dashboard.slide = function (words, shape, form) {
    return slide(words, shape).then(function (svg) {
      var text = new XMLSerializer().serializeToString(svg);
      return form === "svg" ? new Blob([text], { type: "image/svg+xml" }) : painted(svg, text);
    });
  };
})();
