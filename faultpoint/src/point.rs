use crate::names::named;

named! {
    /// A place in the program where it can be made to fail, in the order in which an order passes them.
    Point {
        /// A request was checked; nothing was asked of the sequencer yet.
        CommandAccepted = "command/accepted",
        /// The sequencer has answered; the response is not written yet.
        CommandAnswered = "command/answered",
        /// A batch was taken out of the queue.
        SequencerDrained = "sequencer/drained",
        /// The log is locked, and what others appended is applied.
        SequencerCaughtUp = "sequencer/caught-up",
        /// The batch is decided, in memory.
        SequencerDecided = "sequencer/decided",
        /// Its events are inserted.
        SequencerInserted = "sequencer/inserted",
        /// `COMMIT` is about to be sent. May fail: it is then never sent, and the connection is given up.
        SequencerBeforeCommit = "sequencer/before-commit",
        /// `COMMIT` was answered. May fail: as if the answer had been lost.
        SequencerAfterCommit = "sequencer/after-commit",
        /// What was committed is about to be taken over and answered.
        SequencerBeforeSettle = "sequencer/before-settle",
        /// Everyone was answered.
        SequencerSettled = "sequencer/settled",
        /// A snapshot of a stream is about to be written. May fail.
        SnapshotBeforeWrite = "snapshot/before-write",
        /// Another writer's commit was heard of. May fail: as if the listener had lost its connection.
        NotifyHeard = "notify/heard",
        /// The relay has read events, and is about to publish them. May fail.
        RelayRead = "relay/read",
        /// It has published one.
        RelayPublished = "relay/published",
        /// `JetStream` has acknowledged some. May fail: as if something else had been answered.
        RelayAcked = "relay/acked",
        /// The relay has told how far it is.
        RelayTold = "relay/told",
        /// The relay is about to make a stream that is missing. May fail.
        RelayBeforeCreate = "relay/before-create",
        /// A projection has heard events. May fail: the consumer is then dropped, and the log read.
        HintHeard = "hint/heard",
        /// A projection has events to apply. May fail.
        ProjectionsRead = "projections/read",
        /// The checkpoint is locked.
        ProjectionsLocked = "projections/locked",
        /// Rows are written. May fail.
        ProjectionsRowsWritten = "projections/rows-written",
        /// The checkpoint is moved, in the same transaction.
        ProjectionsBeforeCommit = "projections/before-commit",
        /// Both are committed. May fail: as if the answer had been lost.
        ProjectionsAfterCommit = "projections/after-commit",
        /// Which slot of a read model is read was looked at; nothing is known of the other one.
        RebuildLooked = "rebuild/looked",
        /// A read model is about to be made anew: the slot is empty, or what an earlier run left is taken up.
        RebuildBegun = "rebuild/begun",
        /// It has come near what is read.
        RebuildFilled = "rebuild/filled",
        /// Its indexes are made.
        RebuildIndexed = "rebuild/indexed",
        /// What is read is held where it is, so that both come to one position.
        RebuildMeets = "rebuild/meets",
        /// Both were compared.
        RebuildCompared = "rebuild/compared",
        /// The slots are swapped, in a transaction that is about to be committed.
        RebuildBeforeSwap = "rebuild/before-swap",
        /// They are swapped.
        RebuildSwapped = "rebuild/swapped",
        /// What was read before is emptied.
        RebuildTidied = "rebuild/tidied",
        /// A process has read events, and knows what follows from them. May fail.
        ProcessesRead = "processes/read",
        /// Steps are recorded and the checkpoint moved. May fail: the transaction is then given up.
        ProcessesBeforeCommit = "processes/before-commit",
        /// Both are committed.
        ProcessesAfterCommit = "processes/after-commit",
        /// A step is about to be performed.
        ProcessesBeforeCommand = "processes/before-command",
        /// Steps are performed, which is not recorded yet. May fail.
        ProcessesAfterCommand = "processes/after-command",
        /// It is recorded.
        ProcessesSettled = "processes/settled",
        /// A checkpoint is signed, and about to be kept. May fail.
        CheckpointBeforeWrite = "checkpoint/before-write",
        /// It is kept where it belongs, which is not noted yet. May fail: as if the answer had been lost.
        CheckpointWritten = "checkpoint/written",
    }
}

impl Point {
    /// Whether the program can be told there that something failed.
    #[must_use]
    pub const fn may_fail(self) -> bool {
        match self {
            Self::SequencerBeforeCommit
            | Self::SequencerAfterCommit
            | Self::SnapshotBeforeWrite
            | Self::NotifyHeard
            | Self::RelayRead
            | Self::RelayAcked
            | Self::RelayBeforeCreate
            | Self::HintHeard
            | Self::ProjectionsRead
            | Self::ProjectionsRowsWritten
            | Self::ProjectionsAfterCommit
            | Self::ProcessesRead
            | Self::ProcessesBeforeCommit
            | Self::ProcessesAfterCommand
            | Self::CheckpointBeforeWrite
            | Self::CheckpointWritten => true,
            Self::CommandAccepted
            | Self::CommandAnswered
            | Self::SequencerDrained
            | Self::SequencerCaughtUp
            | Self::SequencerDecided
            | Self::SequencerInserted
            | Self::SequencerBeforeSettle
            | Self::SequencerSettled
            | Self::RelayPublished
            | Self::RelayTold
            | Self::ProjectionsLocked
            | Self::ProjectionsBeforeCommit
            | Self::RebuildLooked
            | Self::RebuildBegun
            | Self::RebuildFilled
            | Self::RebuildIndexed
            | Self::RebuildMeets
            | Self::RebuildCompared
            | Self::RebuildBeforeSwap
            | Self::RebuildSwapped
            | Self::RebuildTidied
            | Self::ProcessesAfterCommit
            | Self::ProcessesBeforeCommand
            | Self::ProcessesSettled => false,
        }
    }
}
