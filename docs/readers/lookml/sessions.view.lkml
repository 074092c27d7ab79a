view: sessions {
  sql_table_name: @{lake}.sessions ;;

  filter: received {
    type: date
    description: "The UTC days of the visits."
  }

  dimension: key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.person_id || '/' || ${TABLE}.dt || '/' || CAST(${TABLE}.number AS varchar) ;;
  }

  dimension: dt {
    hidden: yes
    type: string
    sql: ${TABLE}.dt ;;
  }

  dimension_group: started {
    type: time
    timeframes: [time, hour, date, week, month]
    convert_tz: no
    sql: ${TABLE}.started_at ;;
  }

  dimension: came_from {
    type: string
    sql: coalesce(${TABLE}.utm_source, ${TABLE}.referrer_host, '(direct)') ;;
  }

  dimension: device_kind {
    type: string
    sql: ${TABLE}.device_kind ;;
  }

  dimension: landed_on {
    type: string
    sql: ${TABLE}.landed_on ;;
  }

  dimension: pages {
    type: number
    sql: ${TABLE}.pages ;;
  }

  measure: count {
    label: "Visits"
    type: count
  }

  measure: people {
    type: count_distinct
    sql: ${TABLE}.person_id ;;
  }

  measure: pages_each {
    type: average
    sql: ${pages} ;;
    value_format_name: decimal_2
  }
}
