//! An object from a stream: small ones in one request, larger ones in parts, a few at a time.

use std::{pin::pin, sync::Arc};

use barker_domain::Result;
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use object_store::{Error as StoreError, ObjectStore, PutMultipartOptions, PutOptions, WriteMultipart};

use super::{Key, failure::Failing, home::Home};

/// Length of a part. S3 takes 10,000 of them, of 5 MiB at least: an object may have 78 GiB.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts of one object on their way at the same time; so much memory does one upload take.
const PARTS_UNDER_WAY: usize = 2;

pub(super) async fn put(home: &Home, key: &Key, stream: impl Stream<Item = Result<Bytes>> + Send) -> Result<u64> {
    let failed = |error: StoreError| Failing { place: home.place(), doing: "write" }.because(error);
    let store = home.store()?;
    let mut stream = pin!(stream);
    let mut first = BytesMut::new();
    while first.len() < PART_BYTES {
        let Some(piece) = stream.next().await else {
            let size_bytes = first.len() as u64;
            let options = PutOptions { attributes: home.attributes(key), ..PutOptions::default() };
            store.put_opts(&key.path(), first.freeze().into(), options).await.map_err(failed)?;
            return Ok(size_bytes);
        };
        first.extend_from_slice(&piece?);
    }
    let mut upload = start(&store, home, key).await.map_err(failed)?;
    let mut size_bytes = first.len() as u64;
    upload.put(first.freeze());
    let sent: Result<u64> = async {
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            size_bytes += piece.len() as u64;
            upload.wait_for_capacity(PARTS_UNDER_WAY).await.map_err(failed)?;
            upload.put(piece);
        }
        Ok(size_bytes)
    }
    .await;
    match sent {
        Ok(size_bytes) => upload.finish().await.map(|_| size_bytes).map_err(failed),
        Err(error) => {
            // The parts that have arrived are removed; where that fails, the bucket's own rule does it.
            let _outcome = upload.abort().await;
            Err(error)
        }
    }
}

async fn start(store: &Arc<dyn ObjectStore>, home: &Home, key: &Key) -> Result<WriteMultipart, StoreError> {
    let options = PutMultipartOptions { attributes: home.attributes(key), ..PutMultipartOptions::default() };
    let upload = store.put_multipart_opts(&key.path(), options).await?;
    Ok(WriteMultipart::new_with_chunk_size(upload, PART_BYTES))
}
