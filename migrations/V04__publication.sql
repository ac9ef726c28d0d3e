-- What is published, and every version of it.
create table publication (
    publication_id uuid primary key,
    provenance text not null,
    court_id text not null,
    location_id integer references location,
    court_key text not null generated always as (coalesce(location_id::text, 'NoMatch' || court_id)) stored,
    court_level text not null,
    content_date date not null,
    language text not null,
    list_type text,
    artefact_type text not null,
    sensitivity text not null,
    display_from timestamptz not null,
    display_to timestamptz,
    current_version integer not null default 0,
    withdrawn_at timestamptz,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint publication_identity
        unique nulls not distinct (court_key, content_date, language, list_type, provenance)
);
create index publication_of_location on publication (location_id, display_from);
create index publication_without_court on publication (provenance, court_id) where location_id is null;
create index publication_expiry on publication (display_to) where archived_at is null;
comment on table publication is 'A publication across all its versions (the production services'' artefact).';
comment on column publication.publication_id is 'Its id for readers and producers.';
comment on column publication.provenance is 'The system it comes from.';
comment on column publication.court_id is 'The producer''s id of the court, as sent.';
comment on column publication.location_id is 'The court; null while the reference data does not know court_id.';
comment on column publication.court_key is 'Part of the identity: the court, or NoMatch and the producer''s id.';
comment on column publication.court_level is 'The level at which court_id is looked up.';
comment on column publication.content_date is 'The London date it is for.';
comment on column publication.language is 'ENGLISH, WELSH or BI_LINGUAL.';
comment on column publication.list_type is 'Canonical list type; null where the kind of artefact needs none.';
comment on column publication.artefact_type is 'LIST, JUDGEMENTS_AND_OUTCOMES, GENERAL_PUBLICATION or LCSU.';
comment on column publication.sensitivity is 'PUBLIC, PRIVATE, CLASSIFIED or INTERNAL.';
comment on column publication.display_from is 'First instant of display.';
comment on column publication.display_to is 'First instant after display; null never ends.';
comment on column publication.current_version is 'Number of the version now shown.';
comment on column publication.withdrawn_at is 'When it was withdrawn; null while it stands.';
comment on column publication.archived_at is 'When its time was over and only this row and its versions'' were kept.';
comment on column publication.created_at is 'When its first version was published.';
comment on column publication.updated_at is 'When it last changed.';

create table publication_version (
    publication_id uuid not null references publication on delete cascade,
    number integer not null,
    version_id uuid not null unique,
    sha256 bytea not null,
    size integer not null,
    media_type text not null,
    is_flat_file boolean not null,
    file_name text,
    source_artefact_id text,
    source_version bigint,
    idempotency_key text,
    published_by text not null,
    received_at timestamptz not null,
    published_at timestamptz not null default now(),
    superseded_at timestamptz,
    primary key (publication_id, number)
);
create unique index publication_version_idempotency on publication_version (published_by, idempotency_key)
    where idempotency_key is not null;
comment on table publication_version is 'One accepted upload; never changed but for superseded_at.';
comment on column publication_version.publication_id is 'The publication.';
comment on column publication_version.number is '1 for the first version.';
comment on column publication_version.version_id is 'Name of the blob that holds the bytes as received.';
comment on column publication_version.sha256 is 'SHA-256 of those bytes.';
comment on column publication_version.size is 'Their number.';
comment on column publication_version.media_type is 'Their media type.';
comment on column publication_version.is_flat_file is 'A file shown as it is, not data.';
comment on column publication_version.file_name is 'File name for downloads, where the upload had one.';
comment on column publication_version.source_artefact_id is 'The producer''s own name for it.';
comment on column publication_version.source_version is 'The producer''s own version number, where sent.';
comment on column publication_version.idempotency_key is 'The Idempotency-Key of the request, where sent.';
comment on column publication_version.published_by is 'Client id of the caller.';
comment on column publication_version.received_at is 'When the request arrived.';
comment on column publication_version.published_at is 'When it was committed.';
comment on column publication_version.superseded_at is 'When the next version was committed.';

create table hearing (
    publication_id uuid not null,
    version integer not null,
    ordinal integer not null,
    case_number text not null default '',
    urn text not null default '',
    case_name text not null default '',
    parties text not null default '',
    primary key (publication_id, version, ordinal),
    foreign key (publication_id, version) references publication_version on delete cascade
);
create index hearing_case_number on hearing (lower(case_number)) where case_number <> '';
create index hearing_urn on hearing (lower(urn)) where urn <> '';
comment on table hearing is 'One row a case a version, for search and alerts.';
comment on column hearing.publication_id is 'The publication.';
comment on column hearing.version is 'Its version.';
comment on column hearing.ordinal is 'Position in the list, from 0.';
comment on column hearing.case_number is 'Case number or reference.';
comment on column hearing.urn is 'Unique reference number.';
comment on column hearing.case_name is 'Case name.';
comment on column hearing.parties is 'Parties'' names, never representatives, joined with a line break.';

grant select, insert, update, delete on publication, hearing to pi_app;
grant select, insert, update (superseded_at), delete on publication_version to pi_app;
