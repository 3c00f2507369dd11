-- Events as they come, in the columns' order.
copy events (position, stream_id, version, event_id, type, data, metadata, recorded_at, hash) from stdin with (format binary);
