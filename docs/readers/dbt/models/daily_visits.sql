{{ config(
    materialized='incremental',
    incremental_strategy='insert_overwrite',
    partitioned_by=['dt'],
    format='parquet'
) }}

SELECT
  coalesce(utm_source, referrer_host, '(direct)') AS came_from,
  count(*) AS sessions,
  count(DISTINCT person_id) AS people,
  sum(pages) AS pages,
  dt
FROM {{ source('lake', 'sessions') }}
WHERE dt >= date_format(current_date - INTERVAL '{{ 3 if is_incremental() else 60 }}' DAY, '%Y-%m-%d')
GROUP BY coalesce(utm_source, referrer_host, '(direct)'), dt
