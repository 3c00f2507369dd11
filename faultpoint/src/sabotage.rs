use crate::names::named;

named! {
    /// A guard that can be switched off, to see whether anybody notices.
    Sabotage {
        /// The sequencer begins its transaction without locking the log.
        SkipLock = "skip-lock",
        /// Callers are answered before the commit.
        AnswerBeforeCommit = "answer-before-commit",
        /// A commit whose answer was lost is taken for committed, without looking.
        UnresolvedCommit = "unresolved-commit",
        /// What others appended moves the sequencer's position, but not the states that it decides on.
        StaleDecide = "stale-decide",
        /// Inventories are decided on as if nobody had seats yet.
        Oversell = "oversell",
        /// Seats that are released are released once more.
        ReleaseTwice = "release-twice",
        /// A key that comes back with another request gets the first one's answer.
        DropFingerprint = "drop-fingerprint",
        /// Commands are not remembered.
        ForgetCommands = "forget-commands",
        /// An event may be recorded earlier than the one before it.
        ClockBackwards = "clock-backwards",
        /// Events are not chained to the ones before them.
        ChainBroken = "chain-broken",
        /// The relay does not say which message it expects to follow.
        RelayWithoutExpectedSequence = "relay-without-expected-sequence",
        /// The relay does not compare what lies in the stream with what lies in the log.
        RelayTrustsNumbers = "relay-trusts-numbers",
        /// Rows and checkpoint are committed one after the other.
        CheckpointApartFromRows = "checkpoint-apart-from-rows",
        /// A message that is not the next one is taken for it.
        ProjectionSkipsAGap = "projection-skips-a-gap",
        /// Whoever has lost a checkpoint to another may still move it.
        FencingOff = "fencing-off",
        /// Slots are swapped wherever the one that was made has come to.
        SwapWithoutCatchingUp = "swap-without-catching-up",
        /// A slot is emptied at once, whoever may still read it.
        ReadersNotWaitedFor = "readers-not-waited-for",
        /// A query does not wait for the position it was given.
        ReadYourWritesOff = "read-your-writes-off",
        /// A query tells a lower position than it has read.
        PositionsGoBack = "positions-go-back",
        /// What was sent to a customer already is sent once more.
        TellAgain = "tell-again",
    }
}
