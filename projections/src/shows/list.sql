-- Published shows, or all of an organizer's, newest first.
select show_id, organizer, status, version, published, draft, created_position, created_at
from shows
where ($1::uuid is not null or published)
    and ($1::uuid is null or organizer = $1)
    and ($2::bigint is null or created_position < $2)
order by created_position desc
limit $3;
