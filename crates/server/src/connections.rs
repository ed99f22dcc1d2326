//! Connections that cannot stay: a number of them, each with an end.
//!
//! The router sees whole requests only. A client that sends a byte a minute, or takes none, is a matter of its socket.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

/// How many connections there may be, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// At the same time; more wait to be accepted.
    pub connections: usize,
    /// From its acceptance to its end, whatever it does.
    pub life: Duration,
    /// Without a byte either way. Longer than any answer takes.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 64, life: Duration::from_mins(1), stall: Duration::from_mins(1) }
    }
}

/// A listener whose connections are limited.
pub struct Limited {
    listener: TcpListener,
    places: Arc<Semaphore>,
    limits: Limits,
}

impl Limited {
    /// Limits the connections of a listener.
    pub fn new(listener: TcpListener, limits: Limits) -> Self {
        let places = Arc::new(Semaphore::new(limits.connections.max(1)));
        Self { listener, places, limits }
    }
}

impl Listener for Limited {
    type Io = Mortal;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Mortal, SocketAddr) {
        let place = Arc::clone(&self.places).acquire_owned().await.expect("the semaphore is never closed");
        let (stream, peer) = Listener::accept(&mut self.listener).await;
        let Limits { life, stall, .. } = self.limits;
        let (end, silence) = (Box::pin(sleep(life)), Box::pin(sleep(stall)));
        (Mortal { stream, end, silence, stall, _place: place }, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that fails once its time is over or nothing moves on it, and gives its place back.
pub struct Mortal {
    stream: TcpStream,
    end: Pin<Box<Sleep>>,
    silence: Pin<Box<Sleep>>,
    stall: Duration,
    _place: OwnedSemaphorePermit,
}

impl Mortal {
    /// Fails when the end has come; else whoever waits is woken then.
    fn alive(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let is_over = self.end.as_mut().poll(context).is_ready();
        if is_over || self.silence.as_mut().poll(context).is_ready() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }

    /// Notes whether something moved.
    fn moved<T>(&mut self, ended: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if ended.is_ready() {
            self.silence.as_mut().reset(Instant::now() + self.stall);
        }
        ended
    }
}

impl AsyncRead for Mortal {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.alive(context)?;
        let ended = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.moved(ended)
    }
}

impl AsyncWrite for Mortal {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.alive(context)?;
        let ended = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.moved(ended)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
