connection: "athena"

include: "*.view.lkml"

# The filter `received` decides which days' files are read, so every explore has one.

explore: events {
  description: "Every event once, with the person it belongs to."
  always_filter: { filters: [events.received: "7 days"] }
  sql_always_where:
    ${events.dt} >= date_format(coalesce({% date_start events.received %}, TIMESTAMP '2026-01-01 00:00:00'), '%Y-%m-%d')
    AND ${events.dt} <= date_format(coalesce({% date_end events.received %}, current_timestamp), '%Y-%m-%d') ;;
}

explore: sessions {
  label: "Visits"
  description: "A person's events until 30 minutes of silence or midnight UTC."
  always_filter: { filters: [sessions.received: "30 days"] }
  sql_always_where:
    ${sessions.dt} >= date_format(coalesce({% date_start sessions.received %}, TIMESTAMP '2026-01-01 00:00:00'), '%Y-%m-%d')
    AND ${sessions.dt} <= date_format(coalesce({% date_end sessions.received %}, current_timestamp), '%Y-%m-%d') ;;
}
