// Starts the page: finds the WASM and the data in this very file, and says so when that fails. What the page does to
// the browser from then on is here too: its workers.
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

  const through = async (bytes, stream) =>
    new Uint8Array(await new Response(new Response(bytes).body.pipeThrough(stream)).arrayBuffer());

  // The bytes of the data slot, none if it is empty, inflated while the program is compiled. The program inflates what
  // the browser does not, and says what is wrong with it. The text of the slot stays: a reader who saves the page saves
  // the document as it is.
  const inflated = async () => {
    const bytes = decode(slot("plimsoll-data"));
    if (bytes.length === 0 || !globalThis.DecompressionStream) return bytes;
    return through(bytes, new DecompressionStream("gzip")).catch(() => bytes);
  };
  // What came of it.
  let content = {};
  const data = () => {
    if (content.reason) throw content.reason;
    return content.value;
  };

  const ready = () => {
    if (root.dataset.state !== "failed") root.dataset.state = "ready";
  };

  const text = (error) => (error instanceof Error ? error.message : String(error));

  // What is said without the program, which has all other words.
  const says = (english, spanish) => (root.lang.startsWith("es") ? spanish : english);

  const paragraph = (words) => Object.assign(document.createElement("p"), { textContent: words });

  // The first failure is the cause; what follows from it would only hide it.
  const failed = (message) => {
    if (root.dataset.state === "failed") return;
    root.dataset.state = "failed";
    const note = document.createElement("section");
    note.id = "failure";
    note.setAttribute("role", "alert");
    const made = document.querySelector("meta[name=generator]")?.content ?? says("an unknown version", "una versión desconocida");
    note.append(
      paragraph(
        says(`This report cannot be shown in full: ${message}`, `Este informe no se puede mostrar completo: ${message}`),
      ),
      paragraph(
        says(
          `The page was made by ${made}. The browser is ${navigator.userAgent}.`,
          `La página la hizo ${made}. El navegador es ${navigator.userAgent}.`,
        ),
      ),
    );
    if (slot("static") !== "") note.append(paragraph(says("The summary below is part of the report.", "El resumen siguiente es parte del informe.")));
    document.body.prepend(note);
  };

  // What the browser lacks of what the program is built for. The module is the smallest one with a vector in it.
  const vectors = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
  ];
  const lacks = () => {
    if (!globalThis.WebAssembly) return "WebAssembly";
    if (!WebAssembly.validate(new Uint8Array(vectors))) return says("the vectors of WebAssembly", "los vectores de WebAssembly");
    return null;
  };

  // The glue between the page and its module. It is kept for the workers, which run it too.
  let glue = "";

  // A worker of functions that are sent there as text: nothing around them is known to it.
  const workerOf = (...parts) => {
    const url = URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    return worker;
  };

  // Unpacks in a worker, so that the summary is painted and the data inflated meanwhile. Where there can be none, and
  // where it fails, the page does it itself, and says why it fails.
  const unpacked = (text) => {
    const here = () => unpack(bytesOf(text));
    const unpacking = () => {
      onmessage = ({ data }) => {
        try {
          const bytes = unpack(bytesOf(data));
          postMessage(bytes, [bytes.buffer]);
        } catch {
          postMessage(null);
        }
      };
    };
    return new Promise((resolve) => {
      const worker = workerOf(`const bytesOf = ${bytesOf};\nconst unpack = ${unpack};\n(${unpacking})();`);
      const end = (bytes) => {
        worker.terminate();
        resolve(bytes);
      };
      worker.onmessage = ({ data }) => end(data);
      worker.onerror = () => end(null);
      worker.postMessage(text);
    }).then((bytes) => bytes ?? here(), here);
  };

  const module = async () => {
    // Under `trunk serve` glue and module are separate files.
    if (typeof wasm_bindgen !== "undefined") return "plimsoll-web_bg.wasm";
    // White space may stand for bytes here: nothing is trimmed.
    const packed = document.getElementById("plimsoll-program")?.textContent ?? "";
    if (packed === "") throw new Error(says("the file does not contain its program", "el archivo no contiene su programa"));
    const program = await unpacked(packed);
    const lengths = new DataView(program.buffer);
    let end = 8;
    const text = (length) => new TextDecoder().decode(program.subarray(end, (end += length)));
    glue = text(lengths.getUint32(0, true));
    // A page that was saved while it ran has its style already.
    const style = document.getElementById("plimsoll-style") ?? document.createElement("style");
    document.head.append(Object.assign(style, { id: "plimsoll-style", textContent: text(lengths.getUint32(4, true)) }));
    // The policy of the page names this script, and no other, by its checksum.
    const script = Object.assign(document.createElement("script"), { textContent: glue });
    document.head.append(script);
    script.remove();
    return WebAssembly.compile(program.subarray(end));
  };

  // Resolves when the summary is on the screen: before the second frame, the first is. A page that is not visible yet
  // paints nothing.
  const painted = () =>
    new Promise((done) => {
      if (document.hidden) done();
      else requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
    });

  const start = async () => {
    try {
      const lacking = lacks();
      if (lacking) {
        throw new Error(
          says(`this browser is too old, it lacks ${lacking}`, `este navegador es demasiado antiguo: le falta ${lacking}`),
        );
      }
      const [compiled, read] = await Promise.allSettled([module(), inflated(), painted()]);
      if (compiled.reason) throw compiled.reason;
      content = read;
      // Kept for the workers, which run the same module.
      globalThis.plimsoll.module = compiled.value;
      await wasm_bindgen({ module_or_path: globalThis.plimsoll.module });
    } catch (error) {
      failed(says(`its program does not run: ${text(error)}`, `su programa no se ejecuta: ${text(error)}`));
    }
  };

  // What a worker runs, behind the glue.
  const work = () => {
    onmessage = async ({ data: { module, file, language } }) => {
      try {
        const { memory } = await wasm_bindgen({ module_or_path: module });
        const bytes = wasm_bindgen.readFile(file, language, (done, total) => postMessage({ done, total }));
        postMessage({ bytes, memory: memory.buffer.byteLength }, [bytes.buffer]);
      } catch (error) {
        const ended = error instanceof WebAssembly.RuntimeError;
        const memory = language.startsWith("es")
          ? "necesita más memoria de la que puede usar una página"
          : "it needs more memory than a page can use";
        const reason = globalThis.fault ?? (ended ? memory : String(error?.message ?? error));
        postMessage({ error: reason, ended });
      }
    };
  };

  // Files are read one after the other, each by a separate worker: a file can only exhaust the memory of its worker.
  const files = [];
  let reading = null;

  const next = () => {
    if (reading || files.length === 0) return;
    const job = files.shift();
    reading = job;
    const tell = (message) => {
      if (reading !== job) return;
      if (!("done" in message)) stop();
      // Nothing of the page reads it: it is there to be measured.
      if (message.memory) globalThis.plimsoll.memory = message.memory;
      job.told(message);
    };
    try {
      job.worker = workerOf(glue, `\n(${work})();`);
      job.worker.onmessage = ({ data }) => tell(data);
      job.worker.onerror = (event) => tell({ error: event.message ?? says("the worker does not start", "el proceso de lectura no arranca") });
      job.worker.postMessage({ module: globalThis.plimsoll.module, file: job.file, language: root.lang });
    } catch (error) {
      tell({ error: text(error) });
    }
  };

  const stop = () => {
    reading?.worker?.terminate();
    reading = null;
    // The next caller is notified when this is over.
    queueMicrotask(next);
  };

  const gzip = (bytes) => through(bytes, new CompressionStream("gzip"));

  // Reads a file; `told` gets `{done, total}` as it goes, and in the end `{bytes}` or `{error}`.
  const read = (id, file, told) => {
    files.push({ id, file, told });
    next();
  };

  const cancel = (id) => {
    const waiting = files.findIndex((job) => job.id === id);
    if (waiting >= 0) files.splice(waiting, 1);
    else if (reading?.id === id) stop();
  };

  // The page as it was built, without data: what a report is written around, without its current state.
  const viewer = () => {
    const copy = root.cloneNode(true);
    const [head, body] = copy.children;
    const keep = ["static", "app", "plimsoll-data", "plimsoll-program"];
    for (const element of [...body.children]) if (!keep.includes(element.id)) element.remove();
    for (const { name } of [...body.attributes]) body.removeAttribute(name);
    head.querySelector("#plimsoll-style")?.remove();
    head.querySelector("title").textContent = "Plimsoll";
    body.querySelector("#static").replaceChildren(document.createComment("plimsoll:static"));
    for (const id of ["app", "plimsoll-data"]) body.querySelector(`#${id}`).replaceChildren();
    // Behind the end of the body a parser puts what it finds into the body.
    const inside = body.innerHTML.trim();
    // The name is not spelled out: the slot of the language is found by it, once.
    return `<!doctype html>\n<${root.localName} lang="en">\n${head.outerHTML}\n<body>\n${inside}\n</body>\n</html>\n`;
  };

  document.addEventListener("DOMContentLoaded", start);
  return { data, ready, failed, read, cancel, gzip, viewer };
})();
