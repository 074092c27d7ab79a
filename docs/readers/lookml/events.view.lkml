view: events {
  sql_table_name: @{lake}.events_resolved ;;

  filter: received {
    type: date
    description: "When the events were received; for a period of event time add three days after it."
  }

  dimension: key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.source_id || '/' || ${TABLE}.message_id ;;
  }

  dimension: dt {
    hidden: yes
    type: string
    sql: ${TABLE}.dt ;;
  }

  dimension_group: happened {
    type: time
    timeframes: [time, hour, date, week, month]
    convert_tz: no
    sql: ${TABLE}."timestamp" ;;
  }

  dimension: type {
    type: string
    sql: ${TABLE}.type ;;
  }

  dimension: event {
    type: string
    sql: coalesce(${TABLE}.event, ${TABLE}.name) ;;
  }

  dimension: person_id {
    type: string
    sql: ${TABLE}.person_id ;;
  }

  dimension: page_path {
    type: string
    sql: ${TABLE}.page_path ;;
  }

  dimension: device_kind {
    type: string
    sql: ${TABLE}.device_kind ;;
  }

  dimension: utm_source {
    group_label: "Campaign"
    type: string
    sql: ${TABLE}.utm_source ;;
  }

  dimension: utm_campaign {
    group_label: "Campaign"
    type: string
    sql: ${TABLE}.utm_campaign ;;
  }

  # A property of your tracking plan: cast it, since a client may have sent anything.
  dimension: total {
    type: number
    sql: TRY_CAST(json_extract_scalar(${TABLE}.properties, '$.total') AS double) ;;
  }

  measure: count {
    label: "Events"
    type: count
  }

  measure: people {
    type: count_distinct
    sql: ${TABLE}.person_id ;;
  }

  measure: revenue {
    type: sum
    sql: ${total} ;;
    filters: [event: "Order Completed"]
    value_format_name: usd
  }
}
