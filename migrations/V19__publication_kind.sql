-- contracts: publication_identity keeps its name and is by more, not less: what the code before writes stays unique by it.
-- Without a list type the kind of artefact takes its place in a publication's identity: the page of a court's live status must
-- not supersede that court's judgments of the day.
alter table publication
    add column kind text not null generated always as (coalesce(list_type, artefact_type)) stored,
    drop constraint publication_identity;
alter table publication
    add constraint publication_identity unique (court_key, content_date, language, kind, provenance);
comment on column publication.kind is 'Part of the identity: the list type, or the kind of artefact where it has none.';
