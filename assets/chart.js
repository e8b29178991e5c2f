/* The browser's half of dashboard/components/design/near.py: what a chart needs is fetched when the
   reader comes near it, and it is drawn when it is about to be seen: running Plotly takes a telephone
   a second in which it answers nothing. It answers mouse, finger and keyboard. What it shows stands in
   a table too. */
(function () {
  "use strict";
  var NEAR = "500px";
  var SOON = "150px";
  var GIVE_UP_MS = 12000;
  var DAY_MS = 86400000;
  var FAILED = "The chart cannot be drawn just now. The same figures are in the table.";
  var plotly = null;        // Plotly's script, once it is asked for
  var bytes = null;         // and before that, the bytes of all that draws
  var means = "mouse";      // what was last used: mouse, finger or keys
  var apart = false;        // whether a new tab is asked for
  var across = 0;           // where it points, from the left of the window

  /* --- drawing --- */

  /* Plotly, and what Dash draws a chart by, which it would ask for only when Plotly runs. */
  function sources() {
    var dash = document.querySelector("script[src*='/dash_core_components.']").src;
    return [window._dashPlotlyJSURL].concat(["dash_core_components-shared.", "async-graph."].map(
      function (name) { return dash.replace("dash_core_components.", name); }));
  }

  /* Put them where the browser keeps what it has fetched. A script says itself if it cannot come. */
  function fetchPlotly() {
    bytes = bytes || plotly || Promise.all(sources().map(function (source) {
      return fetch(source).then(function (response) { return response.blob(); });
    })).catch(function () { bytes = null; });
  }

  function run(source) {
    return new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      script.src = source;
      script.onload = resolve;
      script.onerror = function () { script.remove(); reject(); };
      document.body.appendChild(script);
    });
  }

  function withPlotly() {
    plotly = plotly || (window.Plotly ? Promise.resolve() : Promise.all(sources().map(run)));
    plotly.catch(function () { plotly = null; });
    return plotly;
  }

  function answer(href, signal) {
    return fetch(href, { signal: signal, headers: { Accept: "application/json" } })
      .then(function (response) {
        if (!response.ok) { throw new Error(response.status); }
        return response.json();
      });
  }

  /* Do something once, when a box is so near to what is seen. */
  function when(box, margin, act) {
    var watch = new IntersectionObserver(function (entries) {
      if (!entries.some(function (entry) { return entry.isIntersecting; })) { return; }
      watch.disconnect();
      act();
    }, { rootMargin: margin });
    watch.observe(box);
    return watch;
  }

  function Near(props) {
    var React = window.React, make = React.createElement;
    var box = React.useRef(null);
    var state = React.useState(null), figure = state[0], become = state[1];

    React.useEffect(function () {
      var stop = new AbortController();
      var source = null;
      var get = function () {
        source = source || Promise.resolve(props.href ? answer(props.href, stop.signal) : props.figure);
        return source;
      };
      var soon = when(box.current, SOON, function () {
        var late = setTimeout(function () { stop.abort(); become(FAILED); }, GIVE_UP_MS);
        Promise.all([get(), withPlotly()]).then(function (all) {
          if (!stop.signal.aborted) { become(prepared(all[0], props.axis)); }
        }).catch(function () {
          if (!stop.signal.aborted) { become(FAILED); }
        }).then(function () { clearTimeout(late); });
      });
      // What is to be drawn goes first, of whichever a browser tells first: whoever jumps to a chart
      // has its script run as it comes.
      var near = when(box.current, NEAR, function () {
        setTimeout(function () {
          if (source || stop.signal.aborted) { return; }
          get().catch(function () { /* told when it is to be drawn */ });
          fetchPlotly();
        });
      });
      return function () { near.disconnect(); soon.disconnect(); stop.abort(); };
    }, [props.href, props.figure]);

    React.useEffect(function () { box.current.figure = figure; }, [figure]);

    if (figure === FAILED) { return make("div", { ref: box, className: "chart-graph" }, make(Failed)); }
    if (!figure) { return make("div", { ref: box, className: "chart-graph" }, props.children); }
    return make("div", {
      ref: box, id: props.id, className: "chart-graph", tabIndex: 0, role: "application",
      "aria-roledescription": "chart", "aria-label": props.label, "aria-describedby": props.line,
      "data-axis": props.axis, "data-line": props.line,
      onKeyDown: function (event) { press(event, box.current); },
      onBlur: function () { unhover(box.current); }
    }, make(Safe, null, make("div", { className: "chart-graph", "aria-hidden": "true" },
      make(window.dash_core_components.Graph, {
        id: props.id + "-graph", figure: figure.shown, config: props.config, responsive: true,
        setProps: function (news) { hear(news, box.current); }
      }))));
  }

  /* A script that does not come, or fails, takes the chart away and not the page. */
  function Safe() {
    window.React.Component.apply(this, arguments);
    this.state = {};
  }
  function makeSafe() {
    Safe.prototype = Object.create(window.React.Component.prototype);
    Safe.prototype.constructor = Safe;
    Safe.getDerivedStateFromError = function () { return { failed: true }; };
    Safe.prototype.render = function () {
      return this.state.failed ? window.React.createElement(Failed) : this.props.children;
    };
  }

  /* In place of a chart that does not come. Its table is opened, or linked to where it is a view of
     its own. */
  function Failed() {
    var React = window.React, make = React.createElement;
    var line = React.useRef(null), state = React.useState(null), view = state[0];
    React.useEffect(function () {
      var figure = line.current.closest("figure");
      var table = figure.querySelector(".chart-foot > details");
      if (table) { table.open = true; }
      state[1](figure.querySelector(".views a:not([aria-current])"));
      figure.querySelectorAll(".chart-line, .chart-range").forEach(function (part) {
        part.style.display = "none";
      });
    }, []);
    return make("p", { ref: line, className: "chart-wait", role: "alert" }, FAILED,
      view && make("a", { href: view.href, className: "link" }, "Show the table"));
  }

  /* A figure for this reader: with the dates of the address; zoomed by dragging with a mouse, while
     fingers go on scrolling the page. */
  function prepared(figure, axis) {
    var layout = Object.assign({}, figure.layout);
    var whole = layout.xaxis && layout.xaxis.range, range = axis && within(rangeOf(axis), whole);
    layout.dragmode = axis && matchMedia("(pointer: fine)").matches ? "zoom" : false;
    if (axis) { layout.yaxis = Object.assign({}, layout.yaxis, { fixedrange: true }); }
    // Each panel has an axis of its own, which would go by its own range.
    if (range) {
      Object.keys(layout).filter(function (key) { return /^xaxis\d*$/.test(key); }).forEach(function (key) {
        layout[key] = Object.assign({}, layout[key], { range: range.slice(), autorange: false });
      });
    }
    return { data: figure.data, layout: layout, whole: whole,
      shown: { data: range ? figure.data.map(cutTo(range)) : figure.data, layout: layout } };
  }

  /* Bars through time as far as they are within a range, so that their words are there too. */
  function cutTo(range) {
    var from = time(range[0]), to = time(range[1]);
    return function (trace) {
      if (!trace.base) { return trace; }
      var cut = Object.assign({}, trace, { base: trace.base.slice(), x: trace.x.slice() });
      trace.base.forEach(function (at, number) {
        var start = Math.max(time(at), from), end = Math.min(time(at) + trace.x[number], to);
        if (start >= end) { return; }
        cut.base[number] = day(start);
        cut.x[number] = end - start;
      });
      return cut;
    };
  }

  function graphIn(box) {
    var graph = box && box.querySelector(".js-plotly-plot");
    return graph && graph._fullLayout ? graph : null;
  }

  /* --- what a reader points at --- */

  function plain(text) {
    var html = String(text).replace(/<br\s*\/?>/g, ", ");
    return new DOMParser().parseFromString(html, "text/html").body.textContent;
  }

  function place(at) {
    var date = /^\d{4}-\d\d-\d\d/.test(at) && new Date(String(at).slice(0, 10) + "T00:00Z");
    return date ? date.toLocaleDateString("en-GB",
      { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }) : plain(at);
  }

  function amount(point, trace, layout) {
    var axis = layout["yaxis" + (trace.yaxis || "y").slice(1)] || {};
    return typeof point.y === "number"
      ? point.y.toLocaleString("en-GB", { maximumFractionDigits: 1 }) + (axis.ticksuffix || "")
      : plain(point.y);
  }

  /* What is shown of the points, in words. */
  function words(points, figure) {
    if (isOfPoints(figure)) { return plain(points[0].text); }
    return place(points[0].x) + ": " + points.map(function (point) {
      var trace = figure.data[point.curveNumber];
      var value = point.text === undefined ? amount(point, trace, figure.layout) : plain(point.text);
      return trace.name ? plain(trace.name) + " " + value : value;
    }).join(", ");
  }

  /* Where a point leads: a bar through time to the newest figures of the day that is pointed at,
     unless these are the newest of all. By keys the whole bar is: its first day is told, or that it is still so. */
  function addressOf(points, box) {
    var point = points.find(function (one) { return /^\/(?!\/)/.test(one.customdata); });
    var days = (box.figure.layout.meta || {}).days || [], last = days[days.length - 1];
    if (!point || !last) { return point ? point.customdata : ""; }
    var bars = box.figure.data[point.curveNumber], number = point.pointNumber;
    var start = time(bars.base[number]), end = start + bars.x[number] - DAY_MS;
    var byKeys = day(end) < last ? start : end;
    var at = day(Math.max(start, Math.min(means === "keys" ? byKeys : pointed(box), end)));
    var on = days.filter(function (one) { return one <= at; }).pop() || at;
    var mark = point.customdata.indexOf("?") < 0 ? "?" : "&";
    return point.customdata + (on < last ? mark + "as_at=" + on : "");
  }

  /* The time at which the mouse or the finger is. */
  function pointed(box) {
    var graph = graphIn(box), axis = graph._fullLayout.xaxis;
    return axis.p2l(across - graph.getBoundingClientRect().left - axis._offset);
  }

  function tell(box, points) {
    var line = document.getElementById(box.dataset.line), address = addressOf(points, box);
    line.hint = line.hint || line.textContent;
    line.dataset.read = "";
    line.replaceChildren(words(points, box.figure));
    if (!address) { return; }
    var link = document.createElement("a");
    link.href = address;
    link.className = "link";
    link.textContent = (box.figure.layout.meta || {}).open || "Open";
    line.append(". ", link);
  }

  function unhover(box) {
    var graph = graphIn(box);
    if (graph) { window.Plotly.Fx.unhover(graph); }
  }

  function open(address) {
    if (!address) { return; }
    if (apart) { window.open(address, "_blank", "noopener"); return; }
    // As any link of ours: `shell.js` leads on without loading the page anew.
    var link = document.createElement("a");
    link.href = address;
    document.body.appendChild(link);
    link.click();
    link.remove();
  }

  /* What Plotly tells Dash. A finger cannot point without touching: it is told first, with a link. */
  function hear(news, box) {
    if (news.hoverData) { box.points = news.hoverData.points; }
    if (news.clickData) {
      if (means === "mouse") { open(addressOf(news.clickData.points, box)); }
      else { tell(box, news.clickData.points); }
    }
    if (news.relayoutData && box.dataset.axis) { follow(news.relayoutData, box.dataset.axis); }
  }

  ["pointerdown", "pointermove"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      across = event.clientX;
      means = event.pointerType === "mouse" ? "mouse" : "finger";
      apart = event.ctrlKey || event.metaKey || event.button === 1;
    }, true);
  });

  document.addEventListener("auxclick", function (event) {
    var box = event.target.closest && event.target.closest(".chart-graph[data-line]");
    if (box && event.button === 1 && box.points) { open(addressOf(box.points, box)); }
  });

  /* --- by keyboard --- */

  /* The places of a figure, in order: its dates, or where it is read by points these, row by row. */
  function stops(figure, rows) {
    var all = [];
    figure.data.forEach(function (trace, curve) {
      if (trace.hoverinfo === "skip") { return; }
      trace.x.forEach(function (x, number) {
        if (trace.y[number] === null) { return; }
        all.push({ at: time(trace.base ? trace.base[number] : x), curve: curve, number: number,
          row: rows.length > 1 ? trace.y[number] : "" });
      });
    });
    all.sort(function (one, other) { return one.at - other.at; });
    if (isOfPoints(figure)) { return all; }
    return all.filter(function (one, number) { return !number || one.at !== all[number - 1].at; });
  }

  function isOfPoints(figure) { return figure.layout.hovermode === "closest"; }

  function press(event, box) {
    var graph = graphIn(box);
    if (!graph || event.ctrlKey || event.metaKey || event.altKey) { return; }
    means = "keys";
    apart = false;
    if (event.key === "Enter") {
      open(addressOf(box.points || [], box));
    } else if (event.key === "Escape") {
      var line = document.getElementById(box.dataset.line);
      unhover(box);
      box.stop = box.points = null;
      line.textContent = line.hint || line.textContent;
      delete line.dataset.read;
    } else if (box.dataset.axis && "+-=0".indexOf(event.key) >= 0) {
      zoom(box, graph, event.key);
    } else {
      var next = stopBy(event.key, box, graph);
      if (!next) { return; }
      point(box, graph, next);
    }
    event.preventDefault();
  }

  /* Where a key leads from the present stop: nowhere, if there is nothing. */
  function stopBy(key, box, graph) {
    var step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 1, ArrowDown: -1 }[key];
    if (!(step || key === "Home" || key === "End")) { return null; }
    // From below, as Plotly counts.
    var rows = isOfPoints(box.figure) && graph._fullLayout.yaxis._categories || [];
    var all = stops(box.figure, rows), now = box.stop;
    if (rows.length < 2) { rows = [""]; }
    var row = now ? now.row : rows[rows.length - 1];
    if (/Up|Down/.test(key)) {
      if (now) { row = rows[rows.indexOf(row) + step]; }
      all = all.filter(function (one) { return one.row === row && (!now || one.at <= now.at); });
      return all[all.length - 1];
    }
    all = all.filter(function (one) { return one.row === row; });
    if (key === "Home") { return all[0]; }
    if (key === "End" || !now) { return all[all.length - 1]; }
    return all[all.findIndex(function (one) { return one.at === now.at; }) + step];
  }

  function point(box, graph, stop) {
    var range = box.dataset.axis && rangeOf(box.dataset.axis);
    box.stop = stop;
    if (range && (stop.at < time(range[0]) || stop.at > time(range[1]))) {
      var half = (time(range[1]) - time(range[0])) / 2, whole = (box.figure.whole || range).map(time);
      choose(box.dataset.axis,
        [Math.max(stop.at - half, whole[0]), Math.min(stop.at + half, whole[1])]);
    }
    box.points = isOfPoints(box.figure) ? [pointOf(box.figure, stop.curve, stop.number)]
      : pointsAt(box.figure, stop.at);
    window.Plotly.Fx.hover(graph, isOfPoints(box.figure)
      ? [{ curveNumber: stop.curve, pointNumber: stop.number }] : { xval: stop.at });
    tell(box, box.points);
  }

  /* As Plotly tells of it. */
  function pointOf(figure, curve, number) {
    var trace = figure.data[curve];
    return { curveNumber: curve, pointNumber: number, x: trace.x[number], y: trace.y[number],
      text: (trace.text || [])[number], customdata: (trace.customdata || [])[number] };
  }

  function pointsAt(figure, at) {
    var points = [];
    figure.data.forEach(function (trace, curve) {
      var number = trace.hoverinfo === "skip" ? -1 : trace.x.findIndex(function (x) {
        return time(x) === at;
      });
      if (number >= 0 && trace.y[number] !== null) { points.push(pointOf(figure, curve, number)); }
    });
    return points;
  }

  function zoom(box, graph, key) {
    var range = graph._fullLayout.xaxis.range.map(time), whole = (box.figure.whole || range).map(time);
    var half = (range[1] - range[0]) / (key === "-" ? 1 : 4);
    var middle = box.stop ? box.stop.at : (range[0] + range[1]) / 2;
    if (key === "0" || 2 * half >= whole[1] - whole[0]) { choose(box.dataset.axis, null); }
    else if (half > DAY_MS) {
      choose(box.dataset.axis, [Math.max(middle - half, whole[0]), Math.min(middle + half, whole[1])]);
    }
  }

  /* --- the dates that charts show: the same for all of an axis, and in the address --- */

  /* Plotly’s dates have a space in them, which browsers read as another time zone. */
  function time(x) {
    return typeof x === "number" ? x : Date.parse(String(x).replace(" ", "T") + (x.length > 10 ? "Z" : ""));
  }

  function rangeOf(axis) {
    var match = /^([\d-]{10})\.\.([\d-]{10})$/.exec(
      new URLSearchParams(location.search).get(axis) || "");
    return match && isDay(match[1]) && isDay(match[2]) && match[1] < match[2] ? [match[1], match[2]]
      : null;
  }

  function day(at) { return new Date(at).toISOString().slice(0, 10); }

  function isDay(text) {
    var at = new Date(text);
    return !isNaN(at) && day(at) === text;
  }

  /* The range, if anything of a chart's own dates is in it. */
  function within(range, whole) {
    return range && (!whole || time(range[0]) < time(whole[1]) && time(range[1]) > time(whole[0]))
      ? range : null;
  }

  /* Show these dates, from and to, or all where there is no range. */
  function choose(axis, range) {
    var url = new URL(location.href);
    url.searchParams.delete(axis);
    if (range) {
      url.searchParams.set(axis, range.map(day).join(".."));
    }
    if (url.href !== location.href) { window.dash_clientside.shell.readdress(url); }
    document.querySelectorAll(".chart-graph[data-axis='" + axis + "']").forEach(show);
    mark();
  }

  function show(box) {
    var whole = box.figure && box.figure.whole;
    var graph = graphIn(box), range = within(rangeOf(box.dataset.axis), whole) || whole;
    if (!graph || !range) { return; }
    var now = graph._fullLayout.xaxis.range.map(function (at) { return String(at).slice(0, 10); });
    var bars = box.figure.data.filter(function (trace) { return trace.base; });
    if (String(now) !== String(range) || bars.length && box.cut !== String(range)) {
      var cut = bars.map(cutTo(range));
      box.cut = String(range);
      // Plotly guesses the type and the range of an axis anew when values change.
      window.Plotly.update(graph, bars.length ? { base: cut.map(function (trace) { return trace.base; }),
        x: cut.map(function (trace) { return trace.x; }) } : {},
      { "xaxis.range": range.slice(), "xaxis.type": "date", "xaxis.autorange": false },
      bars.map(function (trace) { return box.figure.data.indexOf(trace); }));
    }
  }

  function follow(change, axis) {
    var from = change["xaxis.range[0]"], to = change["xaxis.range[1]"];
    if (from !== undefined && to !== undefined) { choose(axis, [time(from), time(to)]); }
  }

  /* The range of a button; null for all dates. */
  function own(button) { return button.dataset.from ? [button.dataset.from, button.dataset.to] : null; }

  function mark() {
    document.querySelectorAll(".chart-range button").forEach(function (button) {
      var range = rangeOf(button.parentNode.dataset.axis);
      button.setAttribute("aria-pressed", String(range) === String(own(button)));
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest(".chart-range button");
    if (button) { choose(button.parentNode.dataset.axis, own(button)); }
  });
  document.addEventListener("arrived", mark);

  makeSafe();
  window.dashboard = Object.assign(window.dashboard || {}, { Near: Near });
})();
