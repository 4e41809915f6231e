// Starts the page: finds the WASM and the data in this very file, and says so when that fails.
"use strict";

globalThis.plimsoll = (() => {
  const root = document.documentElement;
  // Before anything is painted, so that the summary is laid out once.
  root.dataset.state = "starting";

  const decode = (base64) => {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
    const binary = atob(base64);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  };

  const slot = (id) => document.getElementById(id)?.textContent.trim() ?? "";

  // The gzip bytes of the data slot. Its text stays: a reader who saves the page saves the document as it is.
  const data = () => {
    const text = slot("plimsoll-data");
    if (text === "") throw new Error("this page was written without data");
    return decode(text);
  };

  const ready = () => {
    if (root.dataset.state !== "failed") root.dataset.state = "ready";
  };

  // The first failure is the cause; what follows from it would only hide it.
  const failed = (message) => {
    if (root.dataset.state === "failed") return;
    root.dataset.state = "failed";
    const note = document.createElement("p");
    note.id = "failure";
    note.setAttribute("role", "alert");
    note.textContent = `This report cannot be shown in full: ${message}`;
    document.body.prepend(note);
  };

  const module = async () => {
    const wasm = slot("plimsoll-wasm");
    // Under `trunk serve` the module is a file of its own.
    if (wasm === "") return "plimsoll-web_bg.wasm";
    const stream = new Blob([decode(wasm)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return WebAssembly.compile(await new Response(stream).arrayBuffer());
  };

  const start = async () => {
    try {
      // Kept for the workers, which run the same module.
      globalThis.plimsoll.module = await module();
      await wasm_bindgen({ module_or_path: globalThis.plimsoll.module });
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
    }
  };

  document.addEventListener("DOMContentLoaded", start);
  return { data, ready, failed };
})();
