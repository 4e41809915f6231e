//! A headless Chromium, driven through the DevTools protocol.
//!
//! Small on purpose: it needs no driver, and sees what a page must not do (requests, errors, violations of
//! its policy). One value is one browser with one page; it ends when the value is dropped.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fmt, fs, io, thread};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket};

use crate::page::Page;

/// How long the browser may take to start, a page to be ready, a command to be answered.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait before asking again.
pub(crate) const PAUSE: Duration = Duration::from_millis(25);

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What went wrong, for a person to read.
#[derive(Debug)]
pub struct BrowserError(pub(crate) String);

impl fmt::Display for BrowserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BrowserError {}

impl From<io::Error> for BrowserError {
    fn from(error: io::Error) -> Self {
        BrowserError(error.to_string())
    }
}

impl From<tungstenite::Error> for BrowserError {
    fn from(error: tungstenite::Error) -> Self {
        BrowserError(format!("the connection to the browser failed: {error}"))
    }
}

/// What every call gives.
pub type Result<T = ()> = std::result::Result<T, BrowserError>;

/// A request of the page or of one of its workers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Where to.
    pub url: String,
    /// Why it was never sent (`csp`), if it was not.
    pub blocked: Option<String>,
    pub(crate) id: String,
}

impl Request {
    /// Whether it stays within the page: `data:` or `blob:`.
    pub fn is_internal(&self) -> bool {
        ["data:", "blob:"].iter().any(|scheme| self.url.starts_with(scheme))
    }
}

/// What the page did that a reader does not see, since it was opened.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Every request but the one for the document.
    pub requests: Vec<Request>,
    /// Messages on the console: `error: …`, `warning: …`, `log: …`.
    pub console: Vec<String>,
    /// Exceptions and rejections that nothing caught.
    pub exceptions: Vec<String>,
    /// What the browser itself has to say, violations of the policy included.
    pub browser: Vec<String>,
}

impl Record {
    /// The requests that left the page, or tried to.
    pub fn external(&self) -> Vec<&Request> {
        self.requests.iter().filter(|request| !request.is_internal()).collect()
    }

    /// What a page in order has none of: requests that leave it, exceptions, errors and warnings.
    pub fn complaints(&self) -> Vec<String> {
        let requests = self.external().into_iter().map(|request| format!("request: {}", request.url));
        let exceptions = self.exceptions.iter().map(|text| format!("exception: {text}"));
        let console = self.console.iter().filter(|text| !text.starts_with("log: ")).cloned();
        let browser = self.browser.iter().map(|text| format!("browser: {text}"));
        requests.chain(exceptions).chain(console).chain(browser).collect()
    }
}

/// What a screenshot shows.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// The width of the window, in CSS pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Whether the reader prefers a dark page.
    pub dark: bool,
    /// Whether the page is laid out for paper.
    pub print: bool,
    /// Whether all of the page is shown, or what fits into the window.
    pub full: bool,
}

impl Default for View {
    fn default() -> Self {
        View { width: 1280, height: 800, dark: false, print: false, full: true }
    }
}

/// A browser with one page.
pub struct Browser {
    process: Child,
    socket: WebSocket<TcpStream>,
    session: String,
    next_id: u64,
    document: String,
    record: Record,
    // Removed when the browser is gone: fields are dropped after `drop` has run.
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser with an empty page and a new profile.
    pub fn launch() -> Result<Self> {
        let program = find()?;
        let profile = TempDir::new()?;
        let mut process = Command::new(&program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            // Containers often give too little shared memory; a scroll bar would depend on the machine.
            .args(["--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| BrowserError(format!("`{}` cannot be started: {error}", program.display())))?;
        let socket = match connect(&mut process, profile.path()) {
            Ok(socket) => socket,
            Err(error) => {
                end(&mut process);
                return Err(error);
            }
        };
        let mut browser = Browser {
            process,
            socket,
            session: String::new(),
            next_id: 0,
            document: String::new(),
            record: Record::default(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attached = browser
            .call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }))?;
        browser.session = attached["sessionId"].as_str().unwrap_or_default().to_owned();
        for domain in ["Page", "Network", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}))?;
        }
        // Workers too: they start once their events are listened to, so none is missed.
        browser.call(
            "Target.setAutoAttach",
            json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true }),
        )?;
        Ok(browser)
    }

    /// The most memory that one of its processes ever took, in MiB: that of the page, if it does much. `None` where the
    /// system does not tell.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = |id: u32, field: &str| -> Option<u64> {
            let text = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let all = fs::read_dir("/proc").ok()?;
        let ids: Vec<u32> = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
        let is_ours = |mut id: u32| {
            while id > 1 && id != self.process.id() {
                id = status(id, "PPid").and_then(|parent| u32::try_from(parent).ok()).unwrap_or(0);
            }
            id == self.process.id()
        };
        ids.into_iter()
            .filter(|id| is_ours(*id))
            .filter_map(|id| status(id, "VmHWM"))
            .max()
            .map(|kib| kib / 1024)
    }

    /// Presses a key, as the reader's hand would: `Tab`, `Enter`, `ArrowDown`, or a letter.
    pub fn press(&mut self, key: &str) -> Result {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            " " => 32,
            "/" => 191,
            "ArrowUp" => 38,
            "ArrowDown" => 40,
            _ => 0,
        };
        let text = match key {
            "Enter" => "\r",
            " " | "/" => key,
            _ => "",
        };
        let down = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        for kind in [down, "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" {
                event["text"] = text.into();
            }
            self.call("Input.dispatchKeyEvent", event)?;
        }
        Ok(())
    }

    /// Emulates a medium and what its reader prefers, as `("forced-colors", "active")`.
    pub fn emulate(&mut self, media: &str, features: &[(&str, &str)]) -> Result {
        let features: Vec<_> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.call("Emulation.setEmulatedMedia", json!({ "media": media, "features": features })).map(drop)
    }

    /// Sets what the reader prefers: a dark page, and paper or screen.
    pub fn set_media(&mut self, dark: bool, print: bool) -> Result {
        let scheme = if dark { "dark" } else { "light" };
        self.call(
            "Emulation.setEmulatedMedia",
            json!({
                "media": if print { "print" } else { "screen" },
                "features": [{ "name": "prefers-color-scheme", "value": scheme }],
            }),
        )
        .map(drop)
    }

    /// Writes a picture of the page (PNG).
    pub fn screenshot(&mut self, file: &Path, view: View) -> Result {
        self.set_viewport(view.width, view.height)?;
        self.set_media(view.dark, view.print)?;
        self.capture(file, view.full)
    }

    /// Writes a picture of the page as it is (PNG): the whole of it, or the window.
    pub fn capture(&mut self, file: &Path, full: bool) -> Result {
        // What follows the size of the window is drawn by the frame after next.
        self.eval(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))",
        )?;
        let mut arguments = json!({ "format": "png" });
        if full {
            let metrics = self.call("Page.getLayoutMetrics", json!({}))?;
            let size = &metrics["cssContentSize"];
            arguments["captureBeyondViewport"] = true.into();
            arguments["clip"] =
                json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        }
        let answer = self.call("Page.captureScreenshot", arguments)?;
        save(file, &answer)
    }

    /// Writes the page as it is printed (PDF, A4).
    pub fn print_pdf(&mut self, file: &Path) -> Result {
        let answer = self.call(
            "Page.printToPDF",
            json!({ "printBackground": true, "preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69 }),
        )?;
        save(file, &answer)
    }

    /// Calls a method of the protocol, for what has no method here.
    pub fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        let session = self.session.clone();
        let id = self.send(method, parameters, &session)?;
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let Some(message) = self.receive()? else { continue };
            if message["id"] == id {
                return match message.get("error") {
                    Some(error) => Err(BrowserError(format!("{method} failed: {}", error["message"]))),
                    None => Ok(message["result"].clone()),
                };
            }
            self.note(&message)?;
        }
        Err(BrowserError(format!("{method} was not answered within {} s", PATIENCE.as_secs())))
    }

    fn send(&mut self, method: &str, parameters: Value, session: &str) -> Result<u64> {
        self.next_id += 1;
        let mut message = json!({ "id": self.next_id, "method": method });
        message["params"] = parameters;
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        self.socket.send(Message::text(message.to_string()))?;
        Ok(self.next_id)
    }

    /// The next message; nothing if none came for a while.
    fn receive(&mut self) -> Result<Option<Value>> {
        match self.socket.read() {
            Ok(Message::Text(text)) => Ok(serde_json::from_str(&text).ok()),
            Ok(_) => Ok(None),
            Err(tungstenite::Error::Io(error))
                if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
            {
                match self.process.try_wait()? {
                    Some(status) => Err(BrowserError(format!("the browser has ended ({status})"))),
                    None => Ok(None),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Records an event.
    fn note(&mut self, message: &Value) -> Result {
        let event = &message["params"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match message["method"].as_str().unwrap_or_default() {
            "Network.requestWillBeSent" => {
                let url = text(&event["request"]["url"]);
                let fragment = text(&event["request"]["urlFragment"]);
                let is_document = event["type"] == "Document" && format!("{url}{fragment}") == self.document;
                if !is_document {
                    self.record.requests.push(Request { url, blocked: None, id: text(&event["requestId"]) });
                }
            }
            "Network.loadingFailed" => {
                let failed = text(&event["requestId"]);
                for request in self.record.requests.iter_mut().filter(|request| request.id == failed) {
                    request.blocked = event["blockedReason"].as_str().map(str::to_owned);
                }
            }
            "Network.webSocketCreated" => {
                let request =
                    Request { url: text(&event["url"]), blocked: None, id: text(&event["requestId"]) };
                self.record.requests.push(request);
            }
            "Runtime.consoleAPICalled" => {
                let kind = match event["type"].as_str() {
                    Some("error" | "assert") => "error",
                    Some("warning") => "warning",
                    _ => "log",
                };
                let words: Vec<String> =
                    event["args"].as_array().into_iter().flatten().map(argument_text).collect();
                self.record.console.push(format!("{kind}: {}", words.join(" ")));
            }
            "Runtime.exceptionThrown" => {
                self.record.exceptions.push(exception_text(&event["exceptionDetails"]));
            }
            "Log.entryAdded" => {
                let entry = &event["entry"];
                self.record.browser.push(format!("{}: {}", text(&entry["source"]), text(&entry["text"])));
            }
            "Target.attachedToTarget" => {
                let session = text(&event["sessionId"]);
                // A target that has no such domain says so, and that answer is not waited for.
                for method in
                    ["Network.enable", "Runtime.enable", "Log.enable", "Runtime.runIfWaitingForDebugger"]
                {
                    self.send(method, json!({}), &session)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Page for Browser {
    fn open(&mut self, url: &str) -> Result {
        self.document = url.to_owned();
        self.record = Record::default();
        let answer = self.call("Page.navigate", json!({ "url": url }))?;
        match answer["errorText"].as_str() {
            Some(error) => Err(BrowserError(format!("`{url}` cannot be opened: {error}"))),
            None => Ok(()),
        }
    }

    fn eval(&mut self, expression: &str) -> Result<Value> {
        let answer = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true }),
        )?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(BrowserError(format!("`{expression}` threw {}", exception_text(details)))),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    fn click(&mut self, selector: &str) -> Result {
        let point = self.eval(&format!(
            "(() => {{ const element = document.querySelector({}); if (!element) return null; \
             element.scrollIntoView({{ block: 'center', behavior: 'instant' }}); const box = element.getBoundingClientRect(); \
             return [box.x + box.width / 2, box.y + box.height / 2]; }})()",
            Value::from(selector)
        ))?;
        let (Some(x), Some(y)) = (point[0].as_f64(), point[1].as_f64()) else {
            return Err(BrowserError(format!("the page has no element `{selector}`")));
        };
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            self.call(
                "Input.dispatchMouseEvent",
                json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 }),
            )?;
        }
        Ok(())
    }

    fn type_text(&mut self, text: &str) -> Result {
        self.call("Input.insertText", json!({ "text": text })).map(drop)
    }

    fn choose_files(&mut self, selector: &str, files: &[&Path]) -> Result {
        let element = self.call(
            "Runtime.evaluate",
            json!({ "expression": format!("document.querySelector({})", Value::from(selector)) }),
        )?;
        let Some(id) = element["result"]["objectId"].as_str() else {
            return Err(BrowserError(format!("the page has no element `{selector}`")));
        };
        let files: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
        self.call("DOM.setFileInputFiles", json!({ "objectId": id, "files": files })).map(drop)
    }

    fn set_viewport(&mut self, width: u32, height: u32) -> Result {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        )
        .map(drop)
    }

    fn seen(&self) -> &Record {
        &self.record
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked first, so that its helper processes end and leave nothing behind in the profile.
        let asked = self.send("Browser.close", json!({}), "");
        let start = Instant::now();
        while asked.is_ok() && start.elapsed() < Duration::from_secs(5) {
            match self.process.try_wait() {
                Ok(None) => thread::sleep(PAUSE),
                _ => break,
            }
        }
        end(&mut self.process);
    }
}

/// The address of a local file.
pub fn file_url(path: &Path) -> Result<String> {
    use std::fmt::Write;

    let path = path.canonicalize().map_err(|error| BrowserError(format!("`{}`: {error}", path.display())))?;
    let mut url = String::from("file://");
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}").expect("a string takes all that is written to it");
        }
    }
    Ok(url)
}

/// The browser: `CHROME`, or the first known name on the search path.
fn find() -> Result<PathBuf> {
    if let Some(path) = env::var_os("CHROME") {
        return Ok(path.into());
    }
    let directories = env::var_os("PATH").unwrap_or_default();
    let found = NAMES
        .iter()
        .find_map(|name| env::split_paths(&directories).map(|d| d.join(name)).find(|p| p.is_file()));
    found.ok_or_else(|| {
        BrowserError(
            "no Chromium was found: install one, or name it in `CHROME` (`cargo xtask test` does)".into(),
        )
    })
}

/// Waits for the browser to say where it listens, and connects.
fn connect(process: &mut Child, profile: &Path) -> Result<WebSocket<TcpStream>> {
    let start = Instant::now();
    let (port, path) = loop {
        let text = fs::read_to_string(profile.join("DevToolsActivePort")).unwrap_or_default();
        if let Some((port, path)) = text.split_once('\n') {
            let port: Option<u16> = port.parse().ok();
            if let (Some(port), false) = (port, path.trim().is_empty()) {
                break (port, path.trim().to_owned());
            }
        }
        if let Some(status) = process.try_wait()? {
            return Err(BrowserError(format!("the browser ended while it was starting ({status})")));
        }
        if start.elapsed() > PATIENCE {
            return Err(BrowserError(format!("the browser did not start within {} s", PATIENCE.as_secs())));
        }
        thread::sleep(PAUSE);
    };
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    // A browser that has just started takes its time for the handshake.
    stream.set_read_timeout(Some(PATIENCE))?;
    // A screenshot of a long page comes as one message.
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let address = format!("ws://127.0.0.1:{port}{path}");
    let (socket, _) = tungstenite::client::client_with_config(address, stream, Some(config))
        .map_err(|error| BrowserError(format!("the browser takes no connection: {error}")))?;
    // From here on a read that gives nothing is the time to look whether the browser still lives.
    socket.get_ref().set_read_timeout(Some(Duration::from_secs(1)))?;
    Ok(socket)
}

pub(crate) fn end(process: &mut Child) {
    // It may have ended by itself: then there is nothing to do.
    let _ = process.kill();
    let _ = process.wait();
}

fn save(file: &Path, answer: &Value) -> Result {
    let data = answer["data"].as_str().unwrap_or_default();
    let bytes = STANDARD.decode(data).map_err(|error| BrowserError(format!("not base64: {error}")))?;
    fs::write(file, bytes).map_err(|error| BrowserError(format!("`{}`: {error}", file.display())))
}

fn exception_text(details: &Value) -> String {
    let exception = &details["exception"];
    let text = exception["description"].as_str().or(exception["value"].as_str()).or(details["text"].as_str());
    text.unwrap_or("an exception without text").to_owned()
}

fn argument_text(argument: &Value) -> String {
    match (&argument["value"], argument["description"].as_str()) {
        (Value::String(text), _) => text.clone(),
        (Value::Null, Some(description)) => description.to_owned(),
        (value, _) => value.to_string(),
    }
}
