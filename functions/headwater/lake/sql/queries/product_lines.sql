-- title: Product lines
-- description: What was ordered: how many orders, pieces and how much revenue by product, last 30 days.
SELECT
  json_extract_scalar(p.product, '$.product_id') AS product_id,
  max(json_extract_scalar(p.product, '$.name')) AS name,
  count(DISTINCT e.message_id) AS orders,
  sum(coalesce(TRY_CAST(json_extract_scalar(p.product, '$.quantity') AS bigint), 1)) AS pieces,
  round(
    sum(
      TRY_CAST(json_extract_scalar(p.product, '$.price') AS double)
      * coalesce(TRY_CAST(json_extract_scalar(p.product, '$.quantity') AS bigint), 1)
    ),
    2
  ) AS revenue
FROM events_resolved e
CROSS JOIN UNNEST(TRY_CAST(json_extract(e.properties, '$.products') AS ARRAY(JSON))) AS p(product)
WHERE e.dt >= date_format(current_date - INTERVAL '30' DAY, '%Y-%m-%d')
  AND e.event = 'Order Completed'
GROUP BY json_extract_scalar(p.product, '$.product_id')
ORDER BY revenue DESC, product_id
