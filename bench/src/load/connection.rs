//! HTTP/1.1 at the cost of one write and one read a request: whatever the load burns, the product lacks.

use std::io::{self, ErrorKind};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

const HEADERS: usize = 32;

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    /// The status.
    pub(crate) status: u16,
    /// `X-Position`, where there is one.
    pub(crate) position: Option<i64>,
    /// The body.
    pub(crate) body: &'a [u8],
}

struct Head {
    status: u16,
    position: Option<i64>,
    begins: usize,
    length: usize,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, buffer: Vec::with_capacity(16 << 10) }
    }

    /// Connects to a port of this machine.
    pub(crate) async fn open(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self::new(stream))
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.read().await?;
            if let Some(head) = Head::parse(&self.buffer)? {
                break head;
            }
        };
        while self.buffer.len() < head.begins + head.length {
            self.read().await?;
        }
        let body = &self.buffer[head.begins..head.begins + head.length];
        Ok(Answer { status: head.status, position: head.position, body })
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl Head {
    fn parse(bytes: &[u8]) -> io::Result<Option<Self>> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let parsed = response.parse(bytes).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        let httparse::Status::Complete(begins) = parsed else { return Ok(None) };
        let number = |name: &str| {
            let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
            std::str::from_utf8(header.value).ok()?.parse::<i64>().ok()
        };
        let length = number("content-length").and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        Ok(Some(Self { status: response.code.unwrap_or(0), position: number("x-position"), begins, length }))
    }
}

impl Answer<'_> {
    /// The order that the body speaks of.
    pub(crate) fn order_id(&self) -> Option<Uuid> {
        const NAME: &[u8] = b"\"order_id\":\"";
        let at = self.body.windows(NAME.len()).position(|window| window == NAME)? + NAME.len();
        Uuid::try_parse_ascii(self.body.get(at..at + 36)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_far_as_it_came() {
        let whole = b"HTTP/1.1 201 Created\r\nX-Position: 42\r\nContent-Length: 5\r\n\r\nhello";
        assert!(Head::parse(&whole[..30]).unwrap().is_none());
        let head = Head::parse(whole).unwrap().unwrap();
        assert_eq!((head.status, head.position, head.length), (201, Some(42), 5));
        assert_eq!(&whole[head.begins..], b"hello");
    }

    #[test]
    fn the_order_is_found_in_its_answer() {
        let id = Uuid::from_u128(7);
        let body = format!("{{\"order_id\":\"{id}\",\"status\":\"pending\"}}");
        let answer = Answer { status: 201, position: None, body: body.as_bytes() };
        assert_eq!(answer.order_id(), Some(id));
    }
}
