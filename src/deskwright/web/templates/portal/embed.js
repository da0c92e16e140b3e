{% load i18n %}(() => {
  const place = document.currentScript;
  const frame = document.createElement("iframe");
  const { brand } = place.dataset;
  frame.src = "{{ address|escapejs }}" + (brand ? `?brand=${encodeURIComponent(brand)}` : "");
  frame.title = "{% filter escapejs %}{% translate 'Ask a question' %}{% endfilter %}";
  frame.style.cssText = "inline-size: 100%; border: 0; min-block-size: 40rem";
  place.after(frame);
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || !Number.isFinite(event.data?.deskHeight)) return;
    frame.style.minBlockSize = "0";
    frame.style.blockSize = `${event.data.deskHeight}px`;
  });
})();
