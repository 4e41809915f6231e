//! A server on this machine that answers each request as a test says, and remembers what it was asked.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// The body as it was sent.
    pub(crate) bytes: Vec<u8>,
}

/// What it says.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    is_chunked: bool,
    cut_after: Option<usize>,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Request {
    /// One without headers.
    pub(crate) fn plain(path: &str) -> Self {
        Self {
            method: "GET".to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: String::new(),
            bytes: Vec::new(),
        }
    }

    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Answer {
    pub(crate) fn new(status: u16, body: &[u8]) -> Self {
        Self { status, headers: Vec::new(), body: body.to_owned(), is_chunked: false, cut_after: None }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(404, br#"{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "unknown"}]}"#)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends the body in chunks of unknown number.
    pub(crate) fn chunked(self) -> Self {
        Self { is_chunked: true, ..self }
    }

    /// Promises the whole body and hangs up in the middle.
    pub(crate) fn cut_after(self, bytes: usize) -> Self {
        Self { cut_after: Some(bytes), ..self }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "HTTP/1.1 {} X\r\nConnection: close\r\n", self.status)?;
        for (name, value) in &self.headers {
            write!(out, "{name}: {value}\r\n")?;
        }
        let sent = &self.body[..self.cut_after.unwrap_or(self.body.len()).min(self.body.len())];
        if !self.is_chunked {
            write!(out, "Content-Length: {}\r\n\r\n", self.body.len())?;
            return out.write_all(sent);
        }
        write!(out, "Transfer-Encoding: chunked\r\n\r\n")?;
        for chunk in sent.chunks(50_000) {
            write!(out, "{:x}\r\n", chunk.len())?;
            out.write_all(chunk)?;
            write!(out, "\r\n")?;
        }
        if self.cut_after.is_none() { write!(out, "0\r\n\r\n") } else { Ok(()) }
    }
}

impl Server {
    /// Starts one. The handler receives how many requests for the same path there were before.
    pub(crate) fn start(handler: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::default();
        let server = Self { address, requests: Arc::clone(&requests) };
        serve(listener.incoming_forever(), requests, handler);
        server
    }

    /// One that proves to be some hosts.
    pub(crate) fn start_tls(
        tls: Arc<rustls::ServerConfig>,
        handler: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::default();
        let server = Self { address, requests: Arc::clone(&requests) };
        let connections = listener.incoming_forever().map(move |stream| {
            let connection = rustls::ServerConnection::new(Arc::clone(&tls)).unwrap();
            rustls::StreamOwned::new(connection, stream)
        });
        serve(connections, requests, handler);
        server
    }

    /// One that listens on a unix socket.
    #[cfg(unix)]
    pub(crate) fn start_unix(
        path: &std::path::Path,
        handler: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static,
    ) {
        let listener = std::os::unix::net::UnixListener::bind(path).unwrap();
        serve(listener.incoming_forever(), Arc::default(), handler);
    }

    /// What it was asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

trait Incoming {
    type Stream: Read + Write + Send + 'static;
    fn incoming_forever(self) -> impl Iterator<Item = Self::Stream> + Send + 'static;
}

impl Incoming for TcpListener {
    type Stream = std::net::TcpStream;
    fn incoming_forever(self) -> impl Iterator<Item = Self::Stream> + Send + 'static {
        std::iter::from_fn(move || self.accept().ok().map(|(stream, _)| stream))
    }
}

#[cfg(unix)]
impl Incoming for std::os::unix::net::UnixListener {
    type Stream = std::os::unix::net::UnixStream;
    fn incoming_forever(self) -> impl Iterator<Item = Self::Stream> + Send + 'static {
        std::iter::from_fn(move || self.accept().ok().map(|(stream, _)| stream))
    }
}

fn serve<S: Read + Write + Send + 'static>(
    connections: impl Iterator<Item = S> + Send + 'static,
    requests: Arc<Mutex<Vec<Request>>>,
    handler: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static,
) {
    let handler = Arc::new(handler);
    thread::spawn(move || {
        for connection in connections {
            let (handler, requests) = (Arc::clone(&handler), Arc::clone(&requests));
            // A client that hangs up is one of the things that are tested.
            thread::spawn(move || answer(connection, &requests, &*handler));
        }
    });
}

fn answer<S: Read + Write>(
    connection: S,
    requests: &Mutex<Vec<Request>>,
    handler: &dyn Fn(&Request, usize) -> Answer,
) -> Option<()> {
    let mut connection = BufReader::new(connection);
    let mut line = String::new();
    connection.read_line(&mut line).ok()?;
    let (method, path) = (line.split(' ').next()?.to_owned(), line.split(' ').nth(1)?.to_owned());
    let mut headers = Vec::new();
    loop {
        line.clear();
        connection.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Request { method, path, headers, body: String::new(), bytes: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    connection.by_ref().take(length).read_to_end(&mut request.bytes).ok()?;
    request.body = String::from_utf8_lossy(&request.bytes).into_owned();
    let before = {
        let mut requests = requests.lock().unwrap();
        let before = requests.iter().filter(|known| known.path == request.path).count();
        requests.push(request.clone());
        before
    };
    handler(&request, before).write(connection.get_mut()).ok()
}
