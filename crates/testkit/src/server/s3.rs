//! S3 as `moto` plays it: a server of the protocol that checks signatures and permissions, with one bucket and one user.

use std::{fs::File, path::Path, time::Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{PAUSE, Process, START_TIMEOUT, ends_with_us, free_port, last_lines};

/// Starts the server; Python reads it from its command line.
const LAUNCHER: &str = include_str!("moto.py");
/// The bucket that tests share, each with a folder of its own.
const BUCKET: &str = "barker-tests";
/// What the server does for everybody before it asks who is there: a user, their key, their permission, the bucket.
const SETUP: [(&str, &str, &str, &str); 4] = [
    ("POST", "/", "iam", "Action=CreateUser&UserName=barker&Version=2010-05-08"),
    ("POST", "/", "iam", "Action=CreateAccessKey&UserName=barker&Version=2010-05-08"),
    (
        "POST",
        "/",
        "iam",
        "Action=PutUserPolicy&UserName=barker&PolicyName=all&Version=2010-05-08&PolicyDocument=\
         %7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C\
         %22Action%22%3A%22s3%3A*%22%2C%22Resource%22%3A%22*%22%7D%5D%7D",
    ),
    ("PUT", "/barker-tests", "s3", ""),
];

/// A running server.
#[derive(Debug)]
pub struct S3Server {
    _process: Process,
    port: u16,
    access_key_id: String,
    secret_access_key: String,
}

impl S3Server {
    /// Begins to start one with this Python, which has moto: it takes its time, in which others can start as well.
    ///
    /// # Panics
    /// When its program is missing.
    #[must_use]
    pub fn spawn(python: &Path, home: &Path) -> Starting {
        let home = home.canonicalize().expect("a directory for the server");
        let port = free_port();
        let log = File::create(home.join("log")).expect("a log");
        let mut command = ends_with_us(python);
        command.args(["-c", LAUNCHER, "-H", "127.0.0.1", "-p", &port.to_string()]).current_dir(&home);
        command.env("INITIAL_NO_AUTH_ACTION_COUNT", SETUP.len().to_string());
        command.stdout(log.try_clone().expect("a log")).stderr(log);
        Starting { process: Process::spawn(command), log: home.join("log"), port }
    }

    /// Where it is and who may use it: `http://key:secret@host:port/bucket`.
    #[must_use]
    pub fn url(&self) -> String {
        let secret = self.secret_access_key.replace('+', "%2B").replace('/', "%2F");
        format!("http://{}:{secret}@127.0.0.1:{}/{BUCKET}", self.access_key_id, self.port)
    }
}

/// A server that has been started and may not answer yet.
#[derive(Debug)]
pub struct Starting {
    process: Process,
    log: std::path::PathBuf,
    port: u16,
}

impl Starting {
    /// Waits until it answers, and sets it up.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn ready(self) -> S3Server {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            assert!(started.elapsed() < START_TIMEOUT, "moto does not answer:\n{}", last_lines(&self.log));
            tokio::time::sleep(PAUSE).await;
        }
        let mut answers = String::new();
        for request in SETUP {
            answers += &ask(self.port, request).await;
        }
        let told = |element: &str| {
            let value = answers.split_once(&format!("<{element}>")).and_then(|(_, rest)| rest.split_once('<'));
            value.unwrap_or_else(|| panic!("no {element} in {answers}")).0.to_owned()
        };
        let (access_key_id, secret_access_key) = (told("AccessKeyId"), told("SecretAccessKey"));
        S3Server { _process: self.process, port: self.port, access_key_id, secret_access_key }
    }
}

/// The signature names the service, and is not looked at yet.
async fn ask(port: u16, (method, path, service, body): (&str, &str, &str, &str)) -> String {
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=setup/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n\
         \r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await.expect("a server");
    connection.write_all(request.as_bytes()).await.expect("a request that is taken");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("an answer");
    let status = answer.lines().next().unwrap_or_default();
    assert!(status.contains(" 200 "), "{method} {path}: {answer}");
    answer
}
