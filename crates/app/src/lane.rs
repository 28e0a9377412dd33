//! A lane: work that queues while the previous batch runs, and is then done together. There is no timer.
//!
//! This is what makes durability cheap: one disk flush serves everything that arrived during the flush before it.

use std::{future::Future, time::Duration};

use barker_domain::{Code, Error, Result};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a worker with leftovers rests before it tries again.
const LEFTOVERS_PAUSE: Duration = Duration::from_millis(500);

/// How long a lane's queue and its batches may become.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Items that wait; one more is refused rather than letting the queue grow.
    pub(crate) queue: usize,
    /// Items done together.
    pub(crate) batch: usize,
}

/// Does the work of a lane, a batch at a time.
pub(crate) trait Worker<T>: Send + 'static {
    /// Does everything in `batch`, in order, and leaves it empty.
    fn work(&mut self, batch: &mut Vec<T>) -> impl Future<Output = ()> + Send;

    /// Whether something of an earlier batch is unfinished, so that an empty batch should be tried when none arrives.
    fn has_leftovers(&self) -> bool {
        false
    }
}

/// The entrance of a lane.
#[derive(Debug)]
pub(crate) struct Lane<T> {
    name: &'static str,
    entrance: mpsc::Sender<T>,
}

impl<T: Send + 'static> Lane<T> {
    /// Starts a lane. Once `closing` is cancelled it takes nothing more in, does what is queued and ends.
    pub(crate) fn start(name: &'static str, limits: Limits, running: (&TaskTracker, &CancellationToken), worker: impl Worker<T>) -> Self {
        let (entrance, queue) = mpsc::channel(limits.queue);
        let (tasks, closing) = running;
        tasks.spawn(run(queue, limits.batch, closing.clone(), worker));
        Self { name, entrance }
    }

    /// Queues an item.
    ///
    /// # Errors
    /// [`Code::Busy`] when the queue is full or the lane is closing; the item is dropped.
    pub(crate) fn submit(&self, item: T) -> Result<()> {
        self.entrance.try_send(item).map_err(|_refused| {
            metrics::counter!("barker_lane_refused_total", "lane" => self.name).increment(1);
            Error::of(Code::Busy)
        })
    }
}

async fn run<T: Send>(mut queue: mpsc::Receiver<T>, batch_limit: usize, closing: CancellationToken, mut worker: impl Worker<T>) {
    let mut batch = Vec::with_capacity(batch_limit);
    loop {
        tokio::select! {
            taken = queue.recv_many(&mut batch, batch_limit) => {
                if taken == 0 {
                    return;
                }
                worker.work(&mut batch).await;
            }
            () = closing.cancelled(), if !queue.is_closed() => queue.close(),
            () = tokio::time::sleep(LEFTOVERS_PAUSE), if worker.has_leftovers() => worker.work(&mut batch).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tokio::sync::Semaphore;

    struct Recorder {
        batches: Arc<Mutex<Vec<Vec<u32>>>>,
        turns: Arc<Semaphore>,
    }

    impl Worker<u32> for Recorder {
        async fn work(&mut self, batch: &mut Vec<u32>) {
            self.turns.acquire().await.unwrap().forget();
            self.batches.lock().unwrap().push(std::mem::take(batch));
        }
    }

    #[tokio::test]
    async fn what_arrives_during_a_batch_is_the_next_batch_and_a_full_queue_refuses() {
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let (batches, turns) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Semaphore::new(0)));
        let recorder = Recorder { batches: Arc::clone(&batches), turns: Arc::clone(&turns) };
        let lane = Lane::start("test", Limits { queue: 3, batch: 2 }, (&tasks, &closing), recorder);
        lane.submit(1).unwrap();
        tokio::task::yield_now().await;
        for item in 2..=4 {
            lane.submit(item).unwrap();
        }
        assert_eq!(lane.submit(5).unwrap_err().code, Code::Busy);
        turns.add_permits(9);
        closing.cancel();
        tasks.close();
        tasks.wait().await;
        assert_eq!(*batches.lock().unwrap(), [vec![1], vec![2, 3], vec![4]]);
        assert_eq!(lane.submit(6).unwrap_err().code, Code::Busy);
    }
}
