-- Reads that must pass without asking, one statement a paragraph, against the tables of test_table_of_statements.py.
-- In the manner of DuckDB's documentation: https://duckdb.org/docs/stable/sql/introduction
SELECT * FROM customers

FROM orders

FROM orders SELECT id, total

SELECT DISTINCT country FROM customers ORDER BY country

SELECT count(*) FROM orders

SELECT country, count(*) AS n FROM customers GROUP BY country HAVING count(*) > 1 ORDER BY n DESC LIMIT 10

SELECT country, count(*) FROM customers GROUP BY ALL ORDER BY ALL

SELECT c.name, sum(o.total) AS revenue FROM customers c JOIN orders o ON c.id = o.customer_id GROUP BY c.name

SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON c.id = o.customer_id

SELECT * FROM customers c RIGHT JOIN orders o ON c.id = o.customer_id

SELECT * FROM customers FULL OUTER JOIN orders ON customers.id = orders.customer_id

SELECT * FROM customers c SEMI JOIN orders o ON c.id = o.customer_id

SELECT * FROM customers c ANTI JOIN orders o ON c.id = o.customer_id

SELECT * FROM trades t ASOF JOIN prices p ON t.ticker = p.ticker AND t.moment >= p.moment

SELECT * FROM trades ASOF LEFT JOIN prices USING (ticker, moment)

SELECT * FROM customers POSITIONAL JOIN orders

SELECT * FROM customers NATURAL JOIN cities

SELECT * FROM customers CROSS JOIN cities

SELECT * FROM range(3) t(i), LATERAL (SELECT i + 1) u(j)

SELECT c.name, x.most FROM customers c, LATERAL (SELECT max(total) AS most FROM orders o WHERE o.customer_id = c.id) x

SELECT * FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE total > 10)

SELECT * FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)

SELECT (SELECT max(total) FROM orders) - avg(total) FROM orders

SELECT * FROM orders WHERE total > ALL (SELECT total FROM orders WHERE status = 'new')

SELECT * FROM orders WHERE total = ANY (SELECT max(total) FROM orders)

SELECT name, row_number() OVER (PARTITION BY country ORDER BY id) AS rn FROM customers

SELECT name FROM customers QUALIFY row_number() OVER (PARTITION BY country ORDER BY born DESC) = 1

SELECT ordered_at, sum(total) OVER (ORDER BY ordered_at ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) FROM orders

SELECT ordered_at, avg(total) OVER (ORDER BY ordered_at RANGE BETWEEN INTERVAL 3 DAYS PRECEDING AND INTERVAL 3 DAYS FOLLOWING) FROM orders

SELECT total, lag(total) OVER w, lead(total, 2, 0) OVER w, first_value(total) OVER w FROM orders WINDOW w AS (PARTITION BY customer_id ORDER BY ordered_at)

SELECT total, rank() OVER (ORDER BY total), dense_rank() OVER (ORDER BY total), percent_rank() OVER (ORDER BY total), cume_dist() OVER (ORDER BY total), ntile(4) OVER (ORDER BY total) FROM orders

SELECT last_value(total IGNORE NULLS) OVER (ORDER BY id) FROM orders

SELECT sum(total) FILTER (WHERE status = 'paid') AS paid, count(*) FILTER (status = 'new') AS fresh FROM orders

SELECT status, grouping(status), sum(total) FROM orders GROUP BY GROUPING SETS ((status), ())

SELECT status, customer_id, sum(total) FROM orders GROUP BY ROLLUP (status, customer_id)

SELECT status, customer_id, count(*) FROM orders GROUP BY CUBE (status, customer_id)

WITH big AS (SELECT * FROM orders WHERE total > 100) SELECT count(*) FROM big

WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b

WITH a AS MATERIALIZED (SELECT * FROM orders) SELECT * FROM a x JOIN a y USING (id)

WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 10) SELECT * FROM counter

WITH RECURSIVE tree AS (SELECT id, name, manager_id, 0 AS depth FROM employees WHERE manager_id IS NULL UNION ALL SELECT e.id, e.name, e.manager_id, depth + 1 FROM employees e JOIN tree t ON e.manager_id = t.id) SELECT * FROM tree

WITH RECURSIVE path AS (SELECT id, [id] AS way FROM employees UNION ALL SELECT e.id, list_append(way, e.id) FROM employees e JOIN path p ON e.manager_id = p.id WHERE NOT list_contains(way, e.id)) SELECT * FROM path

SELECT id FROM customers UNION SELECT customer_id FROM orders

SELECT id FROM customers UNION ALL SELECT customer_id FROM orders ORDER BY 1

SELECT id FROM customers EXCEPT SELECT customer_id FROM orders

SELECT id FROM customers INTERSECT SELECT customer_id FROM orders

SELECT name, id FROM customers UNION ALL BY NAME SELECT id, status FROM orders

SELECT * EXCLUDE (email) FROM customers

SELECT * REPLACE (upper(name) AS name) FROM customers

SELECT * RENAME (name AS full_name) FROM customers

SELECT COLUMNS('.*id') FROM orders

SELECT min(COLUMNS(*)) FROM prices

SELECT COLUMNS(lambda c: c LIKE '%a%') FROM customers

SELECT customers.* FROM customers

SELECT CASE WHEN total > 100 THEN 'big' WHEN total > 10 THEN 'middle' ELSE 'small' END AS size, count(*) FROM orders GROUP BY size

SELECT CASE status WHEN 'new' THEN 1 ELSE 0 END FROM orders

SELECT coalesce(email, 'none'), nullif(name, ''), ifnull(country, '?') FROM customers

SELECT greatest(total, 5), least(total, 5) FROM orders

SELECT total::INTEGER, CAST(total AS VARCHAR), TRY_CAST(status AS INTEGER) FROM orders

SELECT TRY(ln(total)) FROM orders

SELECT if(total > 10, 'a', 'b') FROM orders

SELECT total BETWEEN 1 AND 10, total IS NULL, total IS DISTINCT FROM 3 FROM orders

SELECT name LIKE 'A%', name ILIKE '%n', name NOT LIKE 'x_', name SIMILAR TO 'a.*', name GLOB 'A*' FROM customers

SELECT regexp_matches(name, '^A'), regexp_replace(name, 'a', 'b', 'g'), regexp_extract(name, '(\w+) (\w+)', 2) FROM customers

SELECT regexp_extract_all(name, '\w+'), regexp_split_to_array(name, '\s+'), regexp_full_match(name, '.*') FROM customers

SELECT regexp_extract('2023-04-15', '(\d+)-(\d+)-(\d+)', ['y', 'm', 'd'])

SELECT regexp_split_to_table(name, ' ') FROM customers

SELECT upper(name), lower(name), length(name), trim(name), substring(name, 1, 3), name[1:3], left(name, 2), right(name, 2) FROM customers

SELECT name || ' ' || country, concat(name, country), concat_ws(', ', name, country), format('{} from {}', name, country), printf('%s', name) FROM customers

SELECT split_part(email, '@', 2), string_split(name, ' '), replace(name, 'a', 'b'), reverse(name), repeat('ab', 3), lpad(name, 10, ' ') FROM customers

SELECT strip_accents(name), starts_with(name, 'A'), contains(name, 'nn'), position('n' IN name), instr(name, 'n'), ascii(name), chr(65), unicode(name) FROM customers

SELECT levenshtein(name, 'Ann'), jaccard(name, 'Ann'), jaro_winkler_similarity(name, 'Ann'), hamming('duck', 'luck') FROM customers

SELECT md5(name), sha256(name), hash(name), base64(encode(name)) FROM customers

SELECT bar(total, 0, 100, 20), format_bytes(1000000), to_base(42, 16), hex(name) FROM orders, customers

SELECT string_agg(name, ', ' ORDER BY name), array_agg(DISTINCT country), list(id ORDER BY id DESC), group_concat(name) FROM customers

SELECT year(ordered_at), month(ordered_at), day(ordered_at), hour(ordered_at), quarter(ordered_at), dayname(ordered_at), week(ordered_at) FROM orders

SELECT date_trunc('month', ordered_at) AS month, sum(total) FROM orders GROUP BY 1 ORDER BY 1

SELECT extract(year FROM ordered_at), date_part('dow', ordered_at), EXTRACT(epoch FROM ordered_at) FROM orders

SELECT ordered_at + INTERVAL 1 MONTH, ordered_at - INTERVAL '2 days', ordered_at + to_days(3) FROM orders

SELECT date_diff('day', ordered_at, now()::TIMESTAMP), datediff('month', DATE '2024-01-01', current_date), date_sub('day', ordered_at, current_timestamp::TIMESTAMP) FROM orders

SELECT strftime(ordered_at, '%Y-%m'), strptime('01.02.2024', '%d.%m.%Y'), try_strptime('x', '%Y') FROM orders

SELECT age(ordered_at), age(TIMESTAMP '2024-01-01', ordered_at), last_day(ordered_at), monthname(ordered_at) FROM orders

SELECT make_date(2024, 1, 2), make_timestamp(2024, 1, 2, 3, 4, 5.6), epoch_ms(1000), to_timestamp(0), today()

SELECT time_bucket(INTERVAL '1 week', ordered_at) AS week, count(*) FROM orders GROUP BY week

SELECT ordered_at AT TIME ZONE 'Europe/Oslo', timezone('UTC', ordered_at) FROM orders

SELECT DATE '2024-01-01' + 5, DATE '2024-02-01' - DATE '2024-01-01', TIME '12:30:00', INTERVAL 3 HOURS

SELECT * FROM orders WHERE ordered_at BETWEEN '2024-01-01' AND '2024-12-31'

SELECT * FROM orders WHERE ordered_at >= current_date - INTERVAL 30 DAY

SELECT range AS day FROM range(DATE '2024-01-01', DATE '2024-02-01', INTERVAL 1 DAY)

SELECT unnest(generate_series(DATE '2024-01-01', DATE '2024-01-07', INTERVAL 1 DAY)) AS day

SELECT * FROM generate_series(1, 10, 2) AS t(n)

SELECT [1, 2, 3] AS l, l[1], l[-1], l[1:2], len([1, 2])

SELECT list_sum([1, 2]), list_avg([1, 2]), list_max([1, 2]), list_sort([2, 1]), list_distinct([1, 1]), list_reverse([1, 2]), list_unique([1])

SELECT list_contains(tags, 'red'), 'red' IN tags, tags && ['red'], list_has_any(tags, ['a']), array_length(tags) FROM orders

SELECT list_reduce([1, 2, 3], lambda a, b: a + b), apply([1], lambda x: x), list_filter(tags, lambda t: t LIKE 'r%') FROM orders

SELECT list_transform([1, 2, 3], lambda x: x * 2), list_filter([1, 2, 3], lambda x, i: i > 1)

SELECT [x * 2 FOR x IN [1, 2, 3] IF x > 1]

SELECT list_aggregate([1, 2, 3], 'sum'), list_zip([1, 2], ['a', 'b']), flatten([[1], [2]]), list_concat([1], [2]), [1] || [2]

SELECT list_slice([1, 2, 3], 1, 2), list_extract([1, 2], 1), list_position([1, 2], 2), list_value(1, 2), array_to_string(['a', 'b'], ',')

SELECT id, unnest(tags) AS tag FROM orders

SELECT tag, count(*) FROM (SELECT unnest(tags) AS tag FROM orders) GROUP BY tag

SELECT * FROM orders, unnest(tags) AS t(tag)

SELECT unnest([{'a': 1, 'b': 2}, {'a': 3, 'b': 4}], recursive := true)

SELECT s.x, s['y'], struct_extract(s, 'x'), struct_pack(a := 1), row(1, 'a') FROM (SELECT {'x': 1, 'y': 'a'} AS s)

SELECT info.city, info.a + 1, info.* FROM orders

SELECT struct_insert(info, b := 2), struct_keys(info) FROM orders

SELECT MAP {'a': 1, 'b': 2} AS m, m['a'], map_keys(m), map_values(m), map_entries(m), cardinality(m), element_at(m, 'a')

SELECT map_from_entries([('k', 1)]), map([1, 2], ['a', 'b']), map_contains(MAP {'a': 1}, 'a')

SELECT u.num, union_tag(u), union_extract(u, 'num') FROM (SELECT union_value(num := 2) AS u)

SELECT doc->>'$.name', doc->'$.items[0]', doc.name FROM orders

SELECT json_extract(doc, '$.a'), json_extract_string(doc, '$.b'), json_array_length(doc, '$.c'), json_type(doc), json_valid('{}'), json_keys(doc) FROM orders

SELECT to_json(info), json_object('a', 1), json_array(1, 2), json_group_array(total), json_group_object(status, total) FROM orders GROUP BY ALL

SELECT key, value FROM orders, json_each(doc)

SELECT * FROM json_tree('{"a": [1, 2]}')

SELECT from_json('{"a": 1}', '{"a": "INTEGER"}'), json_transform('{"a": 1}', '{"a": "INTEGER"}'), json_structure('{"a": 1}'), json_merge_patch('{}', '{"b": 1}')

SELECT '{"a": 1}'::JSON->>'a', json('{}'), json_quote('a'), row_to_json({'a': 1}), json_contains('{"a": 1}', '1')

PIVOT cities ON year USING sum(population)

PIVOT cities ON year USING sum(population) GROUP BY country

PIVOT cities ON year IN (2000, 2010) USING sum(population) AS total, max(population) AS most GROUP BY country

PIVOT cities ON country, year USING first(population)

SELECT * FROM cities PIVOT (sum(population) FOR year IN (2000, 2010, 2020) GROUP BY country)

FROM (PIVOT cities ON year USING sum(population) GROUP BY name) SELECT name

WITH p AS (PIVOT cities ON year USING sum(population)) SELECT * FROM p

UNPIVOT monthly_sales ON jan, feb, mar INTO NAME month VALUE sales

UNPIVOT monthly_sales ON COLUMNS(* EXCLUDE (empid, dept)) INTO NAME month VALUE sales

FROM monthly_sales UNPIVOT (sales FOR month IN (jan, feb, mar))

SELECT * FROM orders USING SAMPLE 10

SELECT * FROM orders USING SAMPLE 10 PERCENT (bernoulli)

SELECT * FROM orders TABLESAMPLE reservoir(20%)

SELECT * FROM orders USING SAMPLE reservoir(50 ROWS) REPEATABLE (100)

SELECT * FROM orders ORDER BY random() LIMIT 5

SELECT * FROM orders ORDER BY total DESC NULLS LAST, id ASC LIMIT 10 OFFSET 20

SELECT * FROM orders LIMIT 10%

SELECT * FROM orders FETCH FIRST 5 ROWS ONLY

VALUES (1, 'a'), (2, 'b')

SELECT * FROM (VALUES (1, 'a'), (2, 'b')) t(x, y)

TABLE customers

SUMMARIZE orders

SUMMARIZE SELECT total FROM orders

DESCRIBE orders

DESCRIBE SELECT * FROM orders

SHOW TABLES

SHOW ALL TABLES

EXPLAIN SELECT * FROM orders

EXPLAIN ANALYZE SELECT count(*) FROM orders

SELECT * FROM information_schema.columns WHERE table_name = 'orders'

SELECT table_name, column_count FROM duckdb_tables()

SELECT avg(total), median(total), stddev(total), var_samp(total), quantile_cont(total, 0.9), quantile_disc(total, [0.25, 0.75]), mode(status) FROM orders

SELECT corr(price, price), covar_pop(price, price), regr_slope(price, price), regr_intercept(price, price), skewness(price), kurtosis(price), entropy(ticker) FROM prices

SELECT approx_count_distinct(customer_id), approx_quantile(total, 0.5), count(DISTINCT customer_id), any_value(status), first(status), last(status ORDER BY id) FROM orders

SELECT arg_max(name, born), arg_min(name, born), max_by(name, id), min(name, 3), bool_and(id > 0), bit_or(id), product(id), histogram(id) FROM customers

SELECT count_if(total > 10), sum(DISTINCT total), favg(total), fsum(total), geomean(total), wavg(total, id) FROM orders

SELECT abs(-1), round(2.567, 2), ceil(1.2), floor(1.8), sqrt(4), power(2, 3), 2 ** 3, 7 // 2, 7 % 2, mod(7, 2), ln(2), log10(10), exp(1), pi(), sign(-1), trunc(1.5)

SELECT sin(1), cos(1), tan(1), atan2(1, 2), degrees(1), radians(1), factorial(5), gcd(4, 6), lcm(4, 6), 5!, bit_count(7), xor(1, 2), 1 << 2, 6 & 3, 6 | 1, ~1

SELECT random(), uuid(), gen_random_uuid(), hash(1), version()

SELECT typeof(total), typeof(1), pg_typeof('a') FROM orders

SELECT 1 AS "from 'x.csv'", 'DELETE FROM orders', $$read_csv('x')$$, e'a\n'

SELECT /* DROP TABLE orders /* nested */ */ 1 -- DELETE FROM orders

SELECT name AS "delete", id AS "update" FROM customers

SELECT 'Ann' COLLATE NOCASE = 'ann', name FROM customers ORDER BY name COLLATE DE

SELECT * FROM orders WHERE id = ? AND total > $2

SELECT * FROM orders WHERE id = $id AND status = $status

SELECT total, total * 1.25 AS gross, gross - total AS tax FROM orders

SELECT country: name FROM customers

SELECT id, name.upper().replace('A', 'B') FROM customers

SELECT t.a, sum(t.b) OVER () FROM (SELECT 1 AS a, 2 AS b) AS t

SELECT * FROM customers c JOIN orders o ON c.id = o.customer_id WHERE o.total > (SELECT avg(total) FROM orders x WHERE x.customer_id = c.id)

SELECT d.dept, e.name, e.salary FROM employees e JOIN (SELECT dept, max(salary) AS top FROM employees GROUP BY dept) d ON e.dept = d.dept AND e.salary = d.top

SELECT dept, salary - avg(salary) OVER (PARTITION BY dept) AS above FROM employees ORDER BY above DESC

SELECT a.name, b.name FROM employees a JOIN employees b ON a.manager_id = b.id AND a.salary > b.salary

SELECT country, max(population) FILTER (year = 2020) - min(population) FILTER (year = 2000) AS growth FROM cities GROUP BY country

SELECT main.customers.name FROM main.customers

SELECT "name", "id" FROM "customers" AS "c d"

SELECT ARRAY[1, 2, 3]::INTEGER[3], array_value(1.0::FLOAT, 2.0), array_distance([1.0, 2.0]::FLOAT[2], [3.0, 4.0]::FLOAT[2])

SELECT '101'::BIT, bit_length('a'), 'a'::BLOB, '\xAA'::BLOB, octet_length('a'::BLOB), from_hex('61')

SELECT (1, 2) = (1, 2), ROW(1, 2) IN (SELECT 1, 2), NOT true, true AND false OR NULL

SELECT ticker, price, price - lag(price) OVER (PARTITION BY ticker ORDER BY moment) AS change FROM prices QUALIFY abs(change) > 1

FROM orders o JOIN customers c ON o.customer_id = c.id SELECT c.name, o.total WHERE o.total > 5 ORDER BY ALL

SELECT count() FROM orders

SELECT max(ordered_at)::DATE, min(ordered_at)::DATE, max(ordered_at) - min(ordered_at) FROM orders

SELECT strftime(date_trunc('quarter', ordered_at), '%Y-Q') || quarter(ordered_at) AS q, sum(total) FROM orders GROUP BY ALL HAVING sum(total) > 0 ORDER BY q

SELECT * FROM customers ORDER BY name COLLATE NOCASE.NOACCENT

SELECT current_user, current_schema, current_catalog, session_user

SELECT current_schema(), current_database(), version()

SELECT * FROM duckdb_functions() WHERE function_name LIKE 'list%'

SELECT * FROM duckdb_columns() LIMIT 5

SELECT * FROM duckdb_keywords()

SELECT * FROM duckdb_types()

SELECT * FROM pg_catalog.pg_tables

FROM sqlite_master

SHOW DATABASES

SHOW orders

DESCRIBE customers

SUMMARIZE customers

SELECT * FROM repeat('x', 3)

SELECT * FROM repeat_row(1, 'a', num_rows = 3)

SELECT * FROM unnest([1,2,3])

SELECT generate_subscripts([4,5,6], 1) AS i

SELECT * FROM test_all_types()

SELECT array_slice([1,2,3], 1, 2), list_resize([1], 3, 0), list_where([1,2], [true,false]), list_select([1,2],[1])

SELECT list_grade_up([3,1,2]), list_cosine_similarity([1.0,2.0],[1.0,2.0]), list_dot_product([1.0],[2.0]), list_inner_product([1.0],[2.0])

SELECT list_reverse_sort([1,2]), list_count([1,NULL]), list_first([1]), list_last([1]), list_any_value([NULL,1]), list_prepend(1,[2]), array_push_back([1],2), array_pop_front([1,2])

SELECT list_min([1]), list_mode([1]), list_median([1]), list_stddev_pop([1]), list_string_agg(['a','b']), list_histogram([1,1])

SELECT [1,2] && [2], [1,2] @> [1], [1] <@ [1,2], [1] + [2]

SELECT 'abc' ^@ 'a', 'abc' ~ 'a.*', 'abc' ~~ 'a%', 'abc' ~~* 'A%', 'abc' !~~ 'b%'

SELECT 10 ^ 2, 10 ** 2, @ -3, 5 << 2, 91 & 15, 32 | 3, ~15, xor(17, 5), 5 // 2

SELECT bit_count(31), cbrt(8), even(2.9), gamma(5.5), lgamma(2), isfinite(1.0), isinf(1.0), isnan(1.0), nextafter(1::FLOAT, 2::FLOAT), signbit(-1.0), round_even(24.5, 0), log(100), log2(8)

SELECT cot(0.5), acos(0.5), asin(0.5), atan(0.5), sinh(1), tanh(0.1), cosh(1.5), asinh(0.5), setbit IS NULL FROM (SELECT 1 AS setbit)

SELECT array_extract('DuckDB', 2), bit_length('abc'), char_length('a'), format_bytes(16384), from_base64('QQ=='), greatest('a','b'), left_grapheme('ab',1), length_grapheme('ab'), md5_number('a'), nfc_normalize('a'), not_like_escape('a$c','a$$c','$'), ord('a'), parse_dirname('a/b'), parse_filename('a/b.csv'), parse_path('a/b'), regexp_escape('a.b'), sha1('a'), string_split_regex('a b',' '), substring_grapheme('ab',1,1), to_base64('A'::BLOB), translate('dog','d','g'), unbin('0110'), unhex('42'), url_decode('a%20b'), url_encode('a b'), stem IS NULL FROM (SELECT 'x' AS stem)

SELECT datepart('year', DATE '1992-09-20'), datesub('month', DATE '1992-09-15', DATE '1992-11-14'), datetrunc('century', DATE '1992-03-07'), date_add(DATE '1992-09-15', INTERVAL 2 MONTH), dayofyear(DATE '2020-01-01'), isodow(DATE '2020-01-01'), julian(DATE '1992-09-15'), weekofyear(DATE '2020-01-01'), yearweek(DATE '2020-01-01'), era(DATE '2020-01-01'), century(DATE '2020-01-01'), decade(DATE '2020-01-01'), millennium(DATE '2020-01-01')

SELECT isfinite(DATE '1992-03-07'), greatest(DATE '1992-09-20', DATE '1992-03-07'), epoch_us(TIMESTAMP '2022-01-01'), epoch_ns(TIMESTAMP '2022-01-01'), epoch(TIMESTAMP '2022-01-01'), make_timestamp_ms(1), make_time(1,2,3.4), make_timestamptz(2020,1,1,1,1,1.0)

SELECT get_current_time(), get_current_timestamp(), current_time, localtime, localtimestamp, transaction_timestamp(), timezone_hour(now()), timezone('Asia/Tokyo', now())

SELECT TIMESTAMP WITH TIME ZONE '2022-10-08 13:13:34 Europe/Amsterdam', strftime(now(), '%c'), now() AT TIME ZONE 'UTC', timetz '12:00:00+01'

SELECT * FROM pg_timezone_names() ORDER BY name LIMIT 3

SELECT to_years(1), to_months(1), to_weeks(1), to_hours(1), to_minutes(1), to_seconds(1), to_milliseconds(1), to_microseconds(1), to_centuries(1), to_quarters(1)

SELECT date_part(['year','month'], ordered_at) FROM orders

SELECT enum_range(NULL::ENUM('a','b')), enum_first(NULL::ENUM('a','b')), enum_code('a'::ENUM('a','b')), enum_last(NULL::ENUM('a','b'))

SELECT ('a'::ENUM('a','b')) < 'b'

SELECT array_cross_product(array_value(1.0,2,3), array_value(2.0,3,4)), array_cosine_distance([1,2]::FLOAT[2],[1,3]::FLOAT[2]), array_inner_product([1,2]::FLOAT[2],[1,3]::FLOAT[2])

SELECT struct_concat({'a':1},{'b':2}), struct_update({'a':1}, a := 2), struct_values({'a':1}), struct_contains((1,2), 1)

SELECT map_extract(MAP {'a':1}, 'a'), map_concat(MAP {'a':1}, MAP {'b':2}), map_contains_entry(MAP {'a':1}, 'a', 1)

SELECT json_extract_path(doc, 'a'), json_extract_path_text(doc, 'a'), json_exists(doc, '$.a'), json_value(doc, '$.a'), json_pretty(doc), json_strip IS NULL, array_to_json([1]), row_to_json({'a':1}) FROM (SELECT '{"a":1}'::JSON AS doc, 1 AS json_strip)

SELECT json_transform_strict('{"a":1}', '{"a":"INTEGER"}'), json_group_structure(doc) FROM orders

SELECT je.* FROM json_each('{"duck":[1,2]}', '$.duck') AS je

SELECT unnest(from_json('[{"a":1}]', '[{"a":"INTEGER"}]'))

SELECT doc->>'a' = 'x', (doc->>'$.b')::INTEGER + 1, doc['a'], doc->0 FROM orders

SELECT arbitrary(id), avg(id), bit_and(id), bit_xor(id), bool_or(id > 1), countif(id > 1), first(id), geometric_mean(total), listagg(status, ','), max(id, 2), max_by(id, total), sum(total), weighted_avg(total, id), kahan_sum(total), sumkahan(total), mean(total) FROM orders

SELECT mad(total), quantile(total, 0.5), reservoir_quantile(total, 0.5), stddev_pop(total), var_pop(total), variance(total), stddev_samp(total), sem(total), kurtosis_pop(total), approx_top_k(status, 3), histogram(total, [1,2]), covar_samp(total, id), regr_avgx(total,id), regr_count(total,id), regr_r2(total,id), regr_sxx(total,id), bitstring_agg(id, 1, 10), arg_max(status, total, 2), arg_max_null(status, total), arg_min_null(status,total), percentile_cont(0.5) WITHIN GROUP (ORDER BY total), percentile_disc(0.5) WITHIN GROUP (ORDER BY total), mode() WITHIN GROUP (ORDER BY total) FROM orders

SELECT string_agg(DISTINCT status, ', '), array_agg(id ORDER BY id DESC NULLS LAST), list(id) FILTER (WHERE id > 1), first(id ORDER BY total) FROM orders

SELECT nth_value(total, 2) OVER (ORDER BY id), sum(total) OVER (ORDER BY id GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW), count(DISTINCT status) OVER (), fill(total) OVER (ORDER BY id) FROM orders

SELECT id, lag(total, 1, 0 ORDER BY total) OVER (ORDER BY id) FROM orders

SELECT quantile_cont(total, 0.5) OVER (ORDER BY ordered_at RANGE BETWEEN INTERVAL 3 DAYS PRECEDING AND CURRENT ROW) FROM orders

FROM customers AS c SELECT c.name LIMIT 1 OFFSET 1

SELECT * LIKE '%id' FROM orders

SELECT * SIMILAR TO 'c.*' FROM orders

SELECT COLUMNS(* EXCLUDE (doc)) FROM orders

SELECT COLUMNS('(id|total)') * 2 FROM orders

SELECT coalesce(*COLUMNS(['jan', 'feb'])) FROM monthly_sales

SELECT * EXCLUDE (doc) REPLACE (total / 2 AS total) FROM orders

SELECT struct_pack(*COLUMNS(* EXCLUDE (doc))) FROM orders

SELECT c FROM customers c

SELECT (SELECT name FROM customers ORDER BY id LIMIT 1) AS first_name

SELECT ARRAY(SELECT id FROM customers ORDER BY id)

SELECT id, total FROM orders ORDER BY total DESC NULLS FIRST LIMIT (SELECT count(*) / 2 FROM orders)

SELECT DISTINCT ON (customer_id) customer_id, total FROM orders ORDER BY customer_id, total DESC

SELECT * FROM orders WHERE (customer_id, total) IN (SELECT customer_id, max(total) FROM orders GROUP BY 1)

SELECT * FROM orders o WHERE total > 1.5 * (SELECT avg(total) FROM orders WHERE customer_id = o.customer_id)

SELECT * FROM customers JOIN orders USING (id)

SELECT * FROM customers c, orders o WHERE c.id = o.customer_id AND o.total NOT BETWEEN 1 AND 2

SELECT * FROM trades t ASOF JOIN prices p ON t.ticker = p.ticker AND p.moment <= t.moment

SELECT t.*, p.price * t.shares AS value FROM trades t ASOF JOIN prices p USING (ticker, moment)

SELECT * FROM orders o JOIN range(5) r(i) ON o.id = r.i

WITH RECURSIVE fib(n, a, b) AS (SELECT 0, 0, 1 UNION ALL SELECT n + 1, b, a + b FROM fib WHERE n < 10) SELECT n, a FROM fib

WITH RECURSIVE tbl(a, b) USING KEY (a) AS (SELECT a, b FROM (VALUES (1, 3), (2, 4)) t(a, b) UNION SELECT a + 1, b FROM tbl WHERE a < 3) SELECT * FROM tbl

WITH t AS NOT MATERIALIZED (SELECT * FROM orders) SELECT count(*) FROM t

WITH x AS (VALUES (1), (2)) SELECT * FROM x

SELECT 1 UNION (SELECT 2 UNION ALL SELECT 2) ORDER BY 1 DESC

SELECT * FROM (SELECT 1 AS a UNION BY NAME SELECT 2 AS b)

SELECT * FROM range(10) EXCEPT ALL SELECT * FROM range(3)

SELECT * FROM range(10) INTERSECT ALL SELECT * FROM range(3)

PIVOT (SELECT country, year, population FROM cities WHERE year > 2000) ON year USING sum(population) GROUP BY country ORDER BY country LIMIT 5

PIVOT cities ON year USING sum(population) AS total, max(population) AS m GROUP BY country

SELECT * FROM (PIVOT cities ON year USING sum(population) GROUP BY country) p JOIN customers c ON p.country = c.country

PIVOT cities ON year, name USING count(*)

PIVOT cities ON country USING sum(population), count(*) GROUP BY year

WITH u AS (UNPIVOT monthly_sales ON jan, feb, mar INTO NAME month VALUE sales) SELECT dept, sum(sales) FROM u GROUP BY dept

SELECT * FROM monthly_sales UNPIVOT INCLUDE NULLS (sales FOR month IN (jan, feb, mar))

EXPLAIN (FORMAT json) SELECT 1

EXPLAIN (ANALYZE, FORMAT json) SELECT count(*) FROM orders

SELECT error('x') WHERE false

SELECT try_cast('a' AS INTEGER), TRY(CAST('x' AS DATE)), CAST('1' AS HUGEINT), '1e3'::DOUBLE, 0xFF, 0b101, 1_000_000

SELECT [a, b] FROM (SELECT 1 AS a, 2 AS b)

SELECT row(1, 2)::STRUCT(a INTEGER, b INTEGER)

SELECT typeof({'a': 1}), alias(1), hash('a'), if(true, 1, 2), nullif(1, 2), ifnull(NULL, 1), constant_or_null(1, 2), pg_typeof(1), can_cast_implicitly(1::INT, 1::BIGINT)

SELECT count(*) AS "n of rows", 'x' AS 'alias' FROM orders

SELECT sum(total) AS total_sum, total_sum / count(*) FROM orders GROUP BY customer_id

SELECT customer_id AS c, sum(total) s FROM orders GROUP BY c HAVING s > 10 ORDER BY s

SELECT * FROM customers WHERE name IN ('a', 'b') OR country IS NOT NULL AND NOT email = ''

SELECT * FROM customers WHERE email NOTNULL AND name ISNULL

SELECT date_trunc('week', ordered_at)::DATE AS week, count(*) FILTER (WHERE status = 'paid') * 100.0 / count(*) AS pct FROM orders GROUP BY 1

SELECT ordered_at::DATE AS d, count(*) FROM range(DATE '2024-01-01', DATE '2024-12-31', INTERVAL 1 DAY) r(day) LEFT JOIN orders ON ordered_at::DATE = day GROUP BY ALL

SELECT median(total) OVER (PARTITION BY customer_id), ntile(10) OVER (ORDER BY total) FROM orders

SELECT lower(name).trim().length() FROM customers

SELECT sum(population) FROM cities GROUP BY GROUPING SETS ((country, year), (country), ())

SELECT GROUPING_ID(country, year), country, year FROM cities GROUP BY CUBE (country, year)

SELECT regexp_extract(name, '(?P<first>\w+)', 1), regexp_matches(name, 'a', 'i'), name SIMILAR TO '.*' FROM customers

SELECT string_to_array('a b', ' '), str_split('a,b', ','), string_split('a b', ' '), unnest(split('a b', ' '))

SELECT concat('a', NULL), 'a' || 1, format('{:,}', 1000), printf('%05d', 7), lpad('1', 3, '0'), rpad('1', 3, '0'), ltrim(' a'), rtrim('a '), trim('>a<', '<>')

SELECT damerau_levenshtein('duckdb','udckbd'), editdist3('a','b'), mismatches('duck','luck'), jaro_similarity('a','b')

SELECT least(1, 2), greatest(3, 4), sign(-3), trunc(2.7), fmod(5.1, 2), fdiv(5, 2), divide(5, 2), add(1, 2), subtract(3, 1), multiply(2, 3)

SELECT * FROM icu_calendar_names()

SELECT is_histogram_other_bin(1), equi_width_bins(0, 10, 5, true)

SELECT time_bucket(INTERVAL '2 weeks', DATE '1992-04-20', DATE '1992-04-01'), date_diff('hour', TIMESTAMPTZ '1992-09-30', TIMESTAMPTZ '1992-10-01')

SELECT uuid_extract_version('81964ebe-00b1-7e1d-b0f9-43c29b6fb8f5'::UUID), uuidv7(), uuidv4()

SELECT bitstring('0101011', 12), get_bit('0110010'::BIT, 2), set_bit('0110010'::BIT, 2, 0), bit_position('010'::BIT, '1110101'::BIT)

SELECT 'abc'::BLOB, blob IS NULL, encode('a'), decode('\x61'::BLOB), hex('abc'), md5('a'), crc IS NULL FROM (SELECT 1 AS blob, 2 AS crc)

SELECT variant_typeof(1::VARIANT)

SELECT list_transform([1,2,3], lambda x, i: x + i), list_filter([3,4], lambda x, i: i > 1), list_reduce([1,2,3], lambda acc, x: acc + x, 10)

SELECT [x + 1 for x, i in [1, 2, 3] if i > 1]

SELECT [upper(s) for s in tags] FROM orders

SELECT max(COLUMNS(lambda c: c LIKE '%total%')) FROM orders

SELECT * FROM orders TABLESAMPLE 20 PERCENT (system, 377)

SELECT * FROM (FROM orders LIMIT 5) USING SAMPLE 3

SELECT o.info.city, o.info['a'], o.tags[1], o.doc.a.b FROM orders o

SELECT unnest(info), unnest(tags) FROM orders

SELECT * FROM orders WHERE info.city = 'Oslo' AND tags[1] = 'x' AND list_contains(tags, 'y')

SELECT current_date - INTERVAL 1 YEAR, today() - 1, DATE 'infinity', TIMESTAMP 'epoch', '2020-01-01'::DATE + INTERVAL '1' DAY

SELECT e.name, m.name AS boss FROM employees e LEFT JOIN employees m ON e.manager_id = m.id WHERE m.salary < e.salary

SELECT dept, name FROM employees QUALIFY rank() OVER (PARTITION BY dept ORDER BY salary DESC) <= 3

SELECT percent_rank() OVER w, cume_dist() OVER w FROM employees WINDOW w AS (ORDER BY salary)

SELECT dept, list(name ORDER BY salary DESC)[1:3] AS top3 FROM employees GROUP BY dept

SELECT dept, max_by(name, salary) FROM employees GROUP BY dept

SELECT arg_max(e, e.salary) FROM employees e

SELECT sum(1) FROM (SELECT * FROM employees UNION ALL SELECT * FROM employees)

SELECT name FROM employees WHERE dept IS DISTINCT FROM 'paid'

SELECT name FROM employees WHERE dept IS NOT DISTINCT FROM 'paid'
