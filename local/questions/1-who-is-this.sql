-- Who is this person, and what did we know them by before we knew them?
SELECT known, first_user_id, devices, events, anonymous_events, first_seen, first_identified
FROM people
WHERE person_id = '{person_id}'
