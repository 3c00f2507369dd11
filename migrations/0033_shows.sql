-- Shows as they stand.
create table shows (
    show_id          uuid        primary key,
    organizer        uuid        not null,
    status           text        not null,
    version          bigint      not null,
    published        boolean     not null,
    draft            json        not null,
    created_position bigint      not null,
    created_at       timestamptz not null
);

comment on table  shows is 'Read model: shows as they stand.';
comment on column shows.version is 'Events in the show''s stream: what If-Match is compared with.';
comment on column shows.published is 'Whether it ever was on sale: drafts are their organizer''s business.';
comment on column shows.draft is 'All the organizer said about it last.';
comment on column shows.created_position is 'The event that made it; lists go by it, newest first.';

-- The list of published shows.
create index shows_published on shows (created_position desc) where published;
-- An organizer's own shows; their statistics.
create index shows_of_organizer on shows (organizer, created_position desc);

grant select on shows to stagedoor_reader;
grant select, insert, update, delete on shows to stagedoor_writer;
