//! Hosts of any name with TLS: an authority for one test, and a proxy that leads every name to this machine.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;

use crate::program::Program;
use crate::server::{Answer, Request, Server};

/// A network whose hosts all lie on this machine.
pub(crate) struct Network {
    issuer: Issuer<'static, KeyPair>,
    authority: String,
    proxy: SocketAddr,
    hosts: Arc<Mutex<BTreeMap<String, SocketAddr>>>,
}

impl Network {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).unwrap().pem();
        let hosts = Arc::default();
        let proxy = proxy(Arc::clone(&hosts));
        Self { issuer: Issuer::new(params, key), authority, proxy, hosts }
    }

    /// Starts a server that is `host:port` for the clients of the proxy.
    pub(crate) fn host(
        &self,
        place: &str,
        handler: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static,
    ) -> Server {
        let (host, _) = place.rsplit_once(':').unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .unwrap();
        let server = Server::start_tls(Arc::new(config), handler);
        self.lead(place, server.address);
        server
    }

    /// Leads a name to a server.
    pub(crate) fn lead(&self, place: &str, to: SocketAddr) {
        self.hosts.lock().unwrap().insert(place.to_owned(), to);
    }

    /// A program in this network.
    pub(crate) fn program(&self) -> Program {
        let program = Program::new();
        let authority = program.home.path().join("authority.pem");
        std::fs::write(&authority, &self.authority).unwrap();
        program
            .variable("SSL_CERT_FILE", authority.to_str().unwrap())
            .variable("HTTPS_PROXY", &format!("http://{}", self.proxy))
    }
}

fn proxy(hosts: Arc<Mutex<BTreeMap<String, SocketAddr>>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let hosts = Arc::clone(&hosts);
            thread::spawn(move || tunnel(client, &hosts));
        }
    });
    address
}

fn tunnel(client: TcpStream, hosts: &Mutex<BTreeMap<String, SocketAddr>>) -> io::Result<()> {
    let mut lines = BufReader::new(client.try_clone()?);
    let mut line = String::new();
    lines.read_line(&mut line)?;
    let place = line.split(' ').nth(1).unwrap_or_default().to_owned();
    while line.trim() != "" {
        line.clear();
        lines.read_line(&mut line)?;
    }
    let mut client = client;
    let Some(address) = hosts.lock().unwrap().get(&place).copied() else {
        return client.write_all(b"HTTP/1.1 502 X\r\n\r\n");
    };
    let server = TcpStream::connect(address)?;
    client.write_all(b"HTTP/1.1 200 X\r\n\r\n")?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(std::net::Shutdown::Write);
    });
    let _ = io::copy(&mut &server, &mut client);
    client.shutdown(std::net::Shutdown::Both)
}
