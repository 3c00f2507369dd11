create table provider_charges (
    payment_id    uuid        primary key,
    reference     text        not null,
    client_secret text,
    noted_at      timestamptz not null
);

comment on table  provider_charges is 'What a provider calls the charges that were begun there. It can be asked for again: nothing rests on it.';
comment on column provider_charges.client_secret is 'With what the customer''s browser goes on at the provider''s.';

grant select on provider_charges to stagedoor_reader;
grant select, insert on provider_charges to stagedoor_writer;
