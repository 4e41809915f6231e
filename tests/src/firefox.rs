//! A headless Firefox, driven over WebDriver BiDi.
//!
//! Beside the Chromium of `browser`, it does only what shows that the page works in another engine too. What the
//! page did is the same [`Record`].

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

use crate::browser::{BrowserError, PATIENCE, PAUSE, Record, Request, Result, end};
use crate::page::Page;

const NAMES: [&str; 2] = ["firefox-esr", "firefox"];

/// What a fresh profile would do by itself, and a test has no use for: asking its maker for settings, lists and
/// updates, and speaking of itself.
const PREFERENCES: &str = r#"
user_pref("app.normandy.enabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("extensions.update.enabled", false);
user_pref("intl.accept_languages", "en");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.enabled", false);
"#;

/// A Firefox with one page.
pub struct Firefox {
    process: Child,
    socket: WebSocket<TcpStream>,
    context: String,
    next_id: u64,
    document: String,
    record: Record,
    // Removed when the browser is gone: fields are dropped after `drop` has run.
    _profile: TempDir,
}

impl Firefox {
    /// Starts a Firefox with an empty page and a new profile.
    pub fn launch() -> Result<Self> {
        let program = find()?;
        let profile = TempDir::new()?;
        fs::write(profile.path().join("user.js"), PREFERENCES)?;
        let mut process = Command::new(&program)
            .args(["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile"])
            .arg(profile.path())
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
        let mut firefox = Firefox {
            process,
            socket,
            context: String::new(),
            next_id: 0,
            document: String::new(),
            record: Record::default(),
            _profile: profile,
        };
        firefox.call("session.new", json!({ "capabilities": {} }))?;
        let tree = firefox.call("browsingContext.getTree", json!({}))?;
        firefox.context = tree["contexts"][0]["context"].as_str().unwrap_or_default().to_owned();
        let events = ["log.entryAdded", "network.beforeRequestSent"];
        firefox.call("session.subscribe", json!({ "events": events }))?;
        Ok(firefox)
    }

    /// The first element that a selector finds, brought into view.
    fn element(&mut self, selector: &str) -> Result<Value> {
        let answer = self.evaluate(&format!(
            "(() => {{ const element = document.querySelector({}); \
             element?.scrollIntoView({{ block: 'center', behavior: 'instant' }}); return element; }})()",
            Value::from(selector)
        ))?;
        match answer["sharedId"].as_str() {
            Some(id) => Ok(json!({ "sharedId": id })),
            None => Err(BrowserError(format!("the page has no element `{selector}`"))),
        }
    }

    fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let target = json!({ "context": self.context });
        let parameters = json!({ "expression": expression, "target": target, "awaitPromise": true });
        let answer = self.call("script.evaluate", parameters)?;
        match answer["exceptionDetails"]["text"].as_str() {
            Some(text) => Err(BrowserError(format!("`{expression}` threw {text}"))),
            None => Ok(answer["result"].clone()),
        }
    }

    fn act(&mut self, source: Value) -> Result {
        let mut parameters = json!({ "context": self.context });
        parameters["actions"] = Value::Array(vec![source]);
        self.call("input.performActions", parameters).map(drop)
    }

    /// Calls a method of the protocol.
    fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.next_id += 1;
        let id = self.next_id;
        let mut message = json!({ "id": id, "method": method });
        message["params"] = parameters;
        self.socket.send(Message::text(message.to_string()))?;
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let Some(message) = self.receive()? else { continue };
            if message["id"] == id {
                return match message["type"].as_str() {
                    Some("success") => Ok(message["result"].clone()),
                    _ => Err(BrowserError(format!("{method} failed: {}", message["message"]))),
                };
            }
            self.note(&message);
        }
        Err(BrowserError(format!("{method} was not answered within {} s", PATIENCE.as_secs())))
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
    fn note(&mut self, message: &Value) {
        let event = &message["params"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match message["method"].as_str() {
            Some("network.beforeRequestSent") => {
                let (url, id) = (text(&event["request"]["url"]), text(&event["request"]["request"]));
                if url != self.document {
                    self.record.requests.push(Request { url, blocked: None, id });
                }
            }
            Some("log.entryAdded") if event["type"] == "javascript" => {
                self.record.exceptions.push(text(&event["text"]));
            }
            Some("log.entryAdded") => {
                let kind = match event["level"].as_str() {
                    Some("error") => "error",
                    Some("warn") => "warning",
                    _ => "log",
                };
                self.record.console.push(format!("{kind}: {}", text(&event["text"])));
            }
            _ => {}
        }
    }
}

impl Page for Firefox {
    fn open(&mut self, url: &str) -> Result {
        url.clone_into(&mut self.document);
        self.record = Record::default();
        // Until the new document is there, scripts run in the old one, which may be ready.
        let parameters = json!({ "context": self.context, "url": url, "wait": "interactive" });
        self.call("browsingContext.navigate", parameters).map(drop)
    }

    fn eval(&mut self, expression: &str) -> Result<Value> {
        // The protocol describes values in its own notation; JSON says what a test asks for.
        let answer =
            self.evaluate(&format!("(async () => JSON.stringify(await ({expression})) ?? 'null')()"))?;
        let text = answer["value"].as_str().unwrap_or("null");
        serde_json::from_str(text).map_err(|error| BrowserError(format!("`{expression}`: {error}")))
    }

    fn click(&mut self, selector: &str) -> Result {
        let element = self.element(selector)?;
        let origin = json!({ "type": "element", "element": element });
        self.act(json!({
            "type": "pointer",
            "id": "mouse",
            "actions": [
                { "type": "pointerMove", "x": 0, "y": 0, "origin": origin },
                { "type": "pointerDown", "button": 0 },
                { "type": "pointerUp", "button": 0 },
            ],
        }))
    }

    fn type_text(&mut self, text: &str) -> Result {
        let keys = text.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| (kind, key)));
        let actions: Vec<_> = keys.map(|(kind, key)| json!({ "type": kind, "value": key })).collect();
        self.act(json!({ "type": "key", "id": "keyboard", "actions": actions }))
    }

    fn choose_files(&mut self, selector: &str, files: &[&Path]) -> Result {
        let element = self.element(selector)?;
        let files: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
        let parameters = json!({ "context": self.context, "element": element, "files": files });
        self.call("input.setFiles", parameters).map(drop)
    }

    fn set_viewport(&mut self, width: u32, height: u32) -> Result {
        let viewport = json!({ "width": width, "height": height });
        self.call("browsingContext.setViewport", json!({ "context": self.context, "viewport": viewport }))
            .map(drop)
    }

    fn seen(&self) -> &Record {
        &self.record
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        // Asked first, so that its helper processes end and leave nothing behind in the profile.
        let asked = self.call("browser.close", json!({}));
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

/// The browser: `FIREFOX`, or the first known name on the search path.
fn find() -> Result<PathBuf> {
    if let Some(path) = env::var_os("FIREFOX") {
        return Ok(path.into());
    }
    let directories = env::var_os("PATH").unwrap_or_default();
    let found = NAMES
        .iter()
        .find_map(|name| env::split_paths(&directories).map(|d| d.join(name)).find(|p| p.is_file()));
    found.ok_or_else(|| {
        BrowserError(
            "no Firefox was found: install one, or name it in `FIREFOX` (`cargo xtask test` does)".into(),
        )
    })
}

/// Waits for the browser to say where it listens, and connects.
fn connect(process: &mut Child, profile: &Path) -> Result<WebSocket<TcpStream>> {
    let start = Instant::now();
    let port = loop {
        let text = fs::read_to_string(profile.join("WebDriverBiDiServer.json")).unwrap_or_default();
        let server: Value = serde_json::from_str(&text).unwrap_or_default();
        if let Some(port) = server["ws_port"].as_u64().and_then(|port| u16::try_from(port).ok()) {
            break port;
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
    let (socket, _) = tungstenite::client(format!("ws://127.0.0.1:{port}/session"), stream)
        .map_err(|error| BrowserError(format!("the browser takes no connection: {error}")))?;
    // From here on a read that gives nothing is the time to look whether the browser still lives.
    socket.get_ref().set_read_timeout(Some(Duration::from_secs(1)))?;
    Ok(socket)
}
