create table notifications (
    notification_id uuid        primary key,
    user_id         uuid        not null,
    order_id        uuid        not null,
    kind            text        not null,
    position        bigint      not null,
    subject         text        not null,
    body_text       text        not null,
    created_at      timestamptz not null,
    sent_at         timestamptz,
    last_error      text
);

comment on table  notifications is 'What customers are told of their orders. Holds no name and no address: who that is, users tells when it is sent.';
comment on column notifications.notification_id is 'UUIDv5 of order and kind: the same however often it is derived. Also names the e-mail.';
comment on column notifications.position is 'The event that it tells of.';
comment on column notifications.created_at is 'When that happened.';
comment on column notifications.sent_at is 'When a mail server took it; never where none is set.';
comment on column notifications.last_error is 'Why it was not sent so far.';

-- A customer's own, newest first.
create index notifications_of on notifications (user_id, position);

grant select on notifications to stagedoor_reader;
grant select, insert, update on notifications to stagedoor_writer;
