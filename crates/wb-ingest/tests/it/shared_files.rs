//! Every kind of file of bars in the shared data folder: how many rows come in, and what is found in them.

use std::path::PathBuf;

use wb_catalog::{Audit, IssueKind};
use wb_ingest::{ColumnMap, IngestError, OnBad, Prices, Stamp};

use crate::support::{Scratch, request, shared_data};

/// Errors found in an audit, as `kind count`.
fn errors(audit: &Audit) -> Vec<String> {
    let is_error = |kind: IssueKind| kind.severity() == wb_catalog::Severity::Error;
    let errors = audit.issues.iter().filter(|issue| is_error(issue.kind));
    errors.map(|issue| format!("{} {}", issue.kind.name(), issue.count)).collect()
}

/// What became of an import: `rows` and gaps, or why not; then the same with bad rows dropped.
fn outcome(data: &std::path::Path, row: &str) -> String {
    let mut words = row.split(' ');
    let mut next = || words.next().expect("path, symbol and interval");
    let (path, symbol, interval) = (next(), next(), next());
    let files: Vec<PathBuf> = path.split('+').map(|path| data.join(path)).collect();
    let mut request = request(&files, "v", symbol, interval);
    for option in words {
        match option.split_once(':') {
            None if option == "close" => request.stamp = Some(Stamp::Close),
            None if option == "adjusted" => request.prices = Prices::Adjusted,
            Some(("tz", zone)) => request.zone = Some(zone.to_string()),
            Some(("columns", map)) => request.columns = Some(ColumnMap::parse(map).expect(map)),
            _ => panic!("{option}"),
        }
    }
    let scratch = Scratch::new();
    let mut refused = String::new();
    let report = match scratch.import(&request) {
        Err(IngestError::BadRows(bad)) => {
            assert!(bad.places.len() == 10 || bad.places.len() as u64 == bad.audit.bad_rows, "{bad}");
            assert!(scratch.catalog().series().is_empty(), "nothing is written");
            refused = format!("bad {} = {}; ", bad.audit.bad_rows, errors(&bad.audit).join(", "));
            request.on_bad = OnBad::Drop;
            scratch.import(&request)
        }
        other => other,
    };
    match report {
        Ok(report) => {
            let rows = report.committed.rows;
            assert_eq!(rows, report.audit.rows - report.audit.dropped_rows);
            assert_eq!(scratch.bars(&report.series).len() as u64, rows);
            let gaps = report.audit.issue(IssueKind::Gap).map_or(0, |issue| issue.count);
            let missing = report.audit.missing_bars;
            format!("{refused}{} {rows} rows, {gaps} gaps of {missing}", report.files[0].format)
        }
        Err(error) => {
            let text = error.to_string();
            let what = text.rsplit_once(&format!("{}: ", path.rsplit('/').next().unwrap_or(path)));
            format!("refused: {}", what.map_or(text.as_str(), |(_, what)| what))
        }
    }
}

fn check(test: &str, table: &[(&str, &str)]) {
    let Some(data) = shared_data(test) else { return };
    let lines = |outcome: &dyn Fn(&str, &str) -> String| -> Vec<String> {
        table.iter().map(|(row, expected)| format!("{row}: {}", outcome(row, expected))).collect()
    };
    let found = lines(&|row, _| outcome(&data, row));
    let expected = lines(&|_, expected| expected.to_string());
    let different: Vec<_> =
        found.iter().zip(&expected).filter(|(found, expected)| found != expected).collect();
    assert!(different.is_empty(), "{different:#?}");
}

#[test]
fn dirty_files_are_refused_or_come_in_with_their_faults_counted() {
    let bitfinex = "columns:ts=0,open=1,close=2,high=3,low=4,volume=5";
    let btc = format!("dirty/bitfinex_BTCUSD_2016_1m.csv.gz BTCUSD 1m {bitfinex}");
    let eth = format!("dirty/bitfinex_ETHUSD_2016_1m.csv.gz ETHUSD 1m {bitfinex}");
    let ltc = format!("dirty/bitfinex_LTCUSD_2016_1m.csv.gz LTCUSD 1m {bitfinex}");
    check(
        "dirty_files_are_refused_or_come_in_with_their_faults_counted",
        &[
            ("dirty/bitfinex_BTCUSD_2016_1m.csv.gz BTCUSD 1m", TRAP),
            ("dirty/bitfinex_ETHUSD_2016_1m.csv.gz ETHUSD 1m", TRAP),
            ("dirty/bitfinex_LTCUSD_2016_1m.csv.gz LTCUSD 1m", TRAP),
            (&btc, "csv 293230 rows, 63912 gaps of 233809"),
            (&eth, "csv 85818 rows, 37430 gaps of 342310"),
            (&ltc, "csv 41250 rows, 24004 gaps of 485720"),
            ("dirty/sp500_5yr/BHF_data.csv BHF 1d", "csv 741 rows, 11 gaps of 532"),
            ("dirty/sp500_5yr/CA_data.csv CA 1d", "csv 313 rows, 1 gaps of 41"),
            ("dirty/sp500_5yr/SCG_data.csv SCG 1d", "csv 69 rows, 3 gaps of 150"),
            (
                "dirty/sp500_5yr/CBS_data.csv CBS 1d",
                "bad 1 = non-positive-price 1, duplicate 1; csv 1234 rows, 0 gaps of 0",
            ),
            (
                "dirty/djia/HD_2006-01-01_to_2018-01-01.csv HD 1d",
                "bad 14 = not-a-number 1, non-positive-price 1, outside-range 12; csv 3006 rows, 0 gaps of 0",
            ),
            (
                "dirty/djia/DIS_2006-01-01_to_2018-01-01.csv DIS 1d",
                "bad 5 = not-a-number 2, outside-range 3; csv 3015 rows, 0 gaps of 0",
            ),
            (
                "dirty/djia/AABA_2006-01-01_to_2018-01-01.csv AABA 1d",
                "bad 1 = outside-range 1; csv 3018 rows, 0 gaps of 0",
            ),
            ("dirty/googlefinance/orcl-2010-googlefinance.csv ORCL 1d", "csv 252 rows, 0 gaps of 0"),
            (
                "dirty/googlefinance/orcl-2010-googlefinance-malformed.csv ORCL 1d",
                "bad 1 = not-a-number 1; csv 251 rows, 0 gaps of 0",
            ),
            (
                "cross_exchange/btcusd_1h/Coinbase_BTCUSD_1h.csv.gz BTCUSD 1h",
                "bad 5 = disorder 5; csv 20106 rows, 1 gaps of 5",
            ),
            (
                "cross_exchange/btcusd_1h/bitfinex-1h-btc-usd.csv.gz BTCUSD 1h",
                "bad 5 = disorder 5; csv 17578 rows, 1 gaps of 5",
            ),
            (
                "derivatives/arbitragelab/cl.csv.gz CL 1d",
                "bad 12 = non-positive-price 2, outside-range 10; csv 7005 rows, 0 gaps of 0",
            ),
            (
                "equities/yahoo/yahoofinance-SPY-20080101-20180101.csv SPY 1d",
                "bad 2 = outside-range 2; yahoo 2517 rows, 0 gaps of 0",
            ),
        ],
    );
}

const TRAP: &str = "refused: no header, and the columns are not open, high, low, close: highs and lows do not \
                    enclose the other prices";

#[test]
fn coins_come_in_as_their_venues_publish_them() {
    check(
        "coins_come_in_as_their_venues_publish_them",
        &[
            (
                "crypto_1m/binance_um_klines/FILUSDT-1m-2023-08.zip FILUSDT 1m",
                "binance 44640 rows, 0 gaps of 0",
            ),
            (
                "crypto_1m/freqtrade_feather/binance/futures/BTC_USDT_USDT-1m-futures.feather BTC/USDT:USDT 1m",
                "freqtrade 43199 rows, 0 gaps of 0",
            ),
            (
                "crypto_1m/freqtrade_feather/binance/futures/BTC_USDT_USDT-1h-futures.feather BTC/USDT:USDT 1h",
                "freqtrade 719 rows, 0 gaps of 0",
            ),
            (
                "crypto_1m/freqtrade_feather/binance/futures/BTC_USDT_USDT-8h-mark.feather BTC/USDT:USDT 8h",
                "freqtrade 266 rows, 0 gaps of 0",
            ),
            (
                "crypto_1m/freqtrade_feather/binance/futures/ENA_USDT_USDT-8h-funding_rate.feather ENA 8h",
                "refused: bars are mostly 4h apart, not 8h (in 219 of 473 steps)",
            ),
            (
                "crypto_1m/freqtrade_feather/binance/futures/BTC_USDT_USDT-8h-funding_rate.feather BTC 8h",
                "refused: 266 rows of \"BTC\" were read, 266 of them bad, and 0 rows of other symbols",
            ),
            (
                "crypto_1m/freqtrade_json/UNITTEST_BTC-1m.json.gz UNITTEST/BTC 1m",
                "json 13681 rows, 538 gaps of 717",
            ),
            (
                "crypto_1m/freqtrade_testdata/UNITTEST_BTC-1m.feather UNITTEST/BTC 1m",
                "freqtrade 13681 rows, 538 gaps of 717",
            ),
            (
                "crypto_1m/freqtrade_testdata/XRP_ETH-1m.feather XRP/ETH 1m",
                "freqtrade 2469 rows, 676 gaps of 1091",
            ),
            (
                "crypto_1m/freqtrade_testdata/futures/XRP_USDT_USDT-5m-futures.feather XRP 5m",
                "freqtrade 1999 rows, 0 gaps of 0",
            ),
            (
                "crypto_1m/freqtrade_testdata/XRP_ETH-trades.feather XRP/ETH 1m",
                "refused: no column is named open or like it; the columns are timestamp, id, type, side, price, amount, cost",
            ),
            ("crypto_1m/ftx/btc-perp-20211231-20220201_1m.csv.gz BTC-PERP 1m", "csv 45031 rows, 0 gaps of 0"),
            (
                "cross_exchange/usdc_depeg_2023/binance_us_BTCUSDC_1m_20230301_20230321.csv.gz BTCUSDC 1m",
                "csv 30240 rows, 0 gaps of 0",
            ),
            (
                "cross_exchange/usdc_depeg_2023/kraken_BTCUSDC_1m_20230301_20230321.csv.gz BTCUSDC 1m",
                "csv 56717 rows, 26746 gaps of 72883",
            ),
            (
                "fx/dukascopy_json/btcusd-m1-bid-2023-02-19-2023-02-20.json BTCUSD 1m",
                "json 1440 rows, 0 gaps of 0",
            ),
            (
                "trades/bitmex/Bitmex_XBTUSD_1M.csv.zst XBTUSD 1m",
                "refused: no rows of at least a time and four prices",
            ),
        ],
    );
}

#[test]
fn lean_zips_come_in_by_what_their_folders_say() {
    check(
        "lean_zips_come_in_by_what_their_folders_say",
        &[
            (
                "crypto_1m/lean/crypto/coinbase/daily/btcusd_trade.zip BTCUSD 1d",
                "lean 1318 rows, 8 gaps of 34",
            ),
            ("crypto_1m/lean/crypto/bitfinex/hour/btcusd_trade.zip BTCUSD 1h", "lean 733 rows, 7 gaps of 9"),
            ("crypto_1m/lean/crypto/binance/hour/btcusdt_trade.zip BTCUSDT 1h", "lean 120 rows, 0 gaps of 0"),
            (
                "crypto_1m/lean/crypto/binance/minute/btcbusd/20221213_trade.zip BTCBUSD 1m",
                "lean 1440 rows, 0 gaps of 0",
            ),
            (
                "crypto_1m/lean/cryptofuture/binance/minute/btcusd/20221213_trade.zip BTCUSD 1m",
                "lean 1439 rows, 1 gaps of 1",
            ),
            (
                "crypto_1m/lean/crypto/coinbase/second/btcusd/20161007_trade.zip BTCUSD 1s",
                "lean 4063 rows, 3799 gaps of 82332",
            ),
            (
                "crypto_1m/lean/crypto/coinbase/minute/btcusd/20180404_quote.zip BTCUSD 1m",
                "refused: a file of quotes: bid and ask bars are not imported yet",
            ),
            ("equities/lean_usa/daily/spy.zip SPY 1d", "lean 5849 rows, 0 gaps of 0"),
            ("equities/lean_usa/daily/aapl.zip AAPL 1d", "lean 5849 rows, 0 gaps of 0"),
            ("equities/lean_usa/daily/aapl.zip AAPL 1d adjusted", "lean 5849 rows, 0 gaps of 0"),
            ("equities/lean_usa/daily/qqq.zip QQQ 1d", "lean 3964 rows, 1 gaps of 1645"),
            ("equities/lean_usa/daily/fb.zip FB 1d", "lean 2947 rows, 4 gaps of 2408"),
            ("equities/lean_usa/daily/bno.zip BNO 1d", "lean 3827 rows, 1 gaps of 2096"),
            (
                "equities/lean_usa/daily/foxa.zip FOXA 1d adjusted",
                "refused: there is no factor file ../factor_files/<symbol>.csv",
            ),
            ("equities/lean_usa/hour/spy.zip SPY 1h", "lean 40832 rows, 44 gaps of 111"),
            (
                "equities/lean_usa/minute/spy/20131007_trade.zip+equities/lean_usa/minute/spy/20131008_trade.zip SPY 1m",
                "lean 1656 rows, 0 gaps of 0",
            ),
            (
                "equities/lean_usa/minute/spy/20131008_quote.zip SPY 1m",
                "refused: a file of quotes: bid and ask bars are not imported yet",
            ),
            ("equities/lean_usa/tick/spy/20131007_trade.zip SPY 1s", "refused: not a file of trade bars"),
            ("derivatives/lean/index/usa/minute/spx/20230630_trade.zip SPX 1m", "lean 390 rows, 0 gaps of 0"),
            ("derivatives/lean/future/cme/daily/es_trade.zip ES 1d", "refused: the archive holds 8 files"),
            (
                "derivatives/lean/future/cme/daily/es_trade.zip#es_trade_201312.csv ES 1d",
                "lean 61 rows, 0 gaps of 0",
            ),
            (
                "derivatives/lean/future/cme/minute/es/20131007_trade.zip#20131007_es_minute_trade_201312.csv ES 1m",
                "lean 1344 rows, 0 gaps of 0",
            ),
            (
                "fx/lean_oanda/hour/eurusd.zip EURUSD 1h",
                "refused: a file of quotes: bid and ask bars are not imported yet",
            ),
        ],
    );
}

#[test]
fn shares_currencies_and_indices_come_in_from_the_files_of_many_programs() {
    check(
        "shares_currencies_and_indices_come_in_from_the_files_of_many_programs",
        &[
            (
                "equities/yahoo/yahoofinance-AAPL-20040819-20180120.csv AAPL 1d",
                "yahoo 3379 rows, 0 gaps of 0",
            ),
            ("equities/yahoo/orcl-1995-2014.txt ORCL 1d adjusted", "yahoo 5036 rows, 0 gaps of 0"),
            ("equities/ninjatrader/nt-spy-minute-2011.csv SPY 1m close", "csv 14180 rows, 803 gaps of 1250"),
            ("equities/quandl_wiki/QUANDL_ARCHIVE.zip AAPL 1d adjusted", "csv 252 rows, 0 gaps of 0"),
            ("equities/quandl_wiki/QUANDL_ARCHIVE.zip MSFT 1d", "csv 252 rows, 0 gaps of 0"),
            (
                "equities/quandl_wiki/QUANDL_ARCHIVE.zip NOSUCH 1d",
                "refused: no row is of \"NOSUCH\"; the first are of AAPL, BRK_A, MSFT, ZEN",
            ),
            (
                "equities/quandl_wiki/WIKI-AAPL-2011-quandl.csv+equities/quandl_wiki/WIKI-AAPL-2012-quandl.csv AAPL 1d",
                "csv 502 rows, 0 gaps of 0",
            ),
            ("equities/zipline_csvdir/daily/KO.csv.gz KO 1d", "csv 754 rows, 0 gaps of 0"),
            ("equities/backtrader_csv/2006-day-001.txt ESTX 1d", "csv 255 rows, 0 gaps of 0"),
            (
                "equities/backtrader_csv/2006-min-005.txt ESTX 5m close tz:Europe/Berlin",
                "csv 2142 rows, 0 gaps of 0",
            ),
            ("equities/backtrader_csv/2006-week-001.txt ESTX 7d close", "csv 52 rows, 0 gaps of 0"),
            (
                "equities/backtrader_csv/2006-month-001.txt ESTX 30d",
                "refused: bars are mostly 31d apart, not 30d (in 3 of 11 steps)",
            ),
            ("equities/backtesting_py/GOOG.csv GOOG 1d", "csv 2148 rows, 0 gaps of 0"),
            (
                "futures/xcme_6EH4/6EH4.XCME_1min_bars_20240101_20240131.csv.gz 6EH4 1m",
                "csv 29996 rows, 331 gaps of 397",
            ),
            ("fx/ejtrader_mt/EURUSDd1.csv.gz EURUSD 1d", "csv 2400 rows, 0 gaps of 0"),
            ("fx/ejtrader_mt/EURUSDh4.csv.gz EURUSD 4h", "csv 14400 rows, 19 gaps of 31"),
            ("fx/ejtrader_mt/USDCHFh1.csv.gz USDCHF 1h", "csv 57600 rows, 136 gaps of 274"),
            ("fx/backtesting_py/EURUSD.csv EURUSD 1h", "csv 5000 rows, 14 gaps of 56"),
            ("fx/fxcm_m1/gbpusd-m1-bid-2012.csv.gz GBPUSD 1m", "csv 30117 rows, 111 gaps of 124"),
            (
                "fx/histdata/quote_tick_data.csv EURUSD 1s",
                "refused: no rows of at least a time and four prices",
            ),
            ("reference/vix-daily.csv VIX 1d", "bad 47 = outside-range 47; csv 9188 rows, 0 gaps of 0"),
            ("xsection/us_long/original/ge.us.txt.gz GE 1d", "csv 14058 rows, 0 gaps of 0"),
            ("xsection/us_long/us_daily_long_shared.parquet AAPL 1d", "parquet 6260 rows, 0 gaps of 0"),
            (
                "xsection/us_long/us_etf_daily.parquet SPY 1d tz:America/New_York",
                "parquet 3201 rows, 0 gaps of 0",
            ),
            (
                "nautilus_parquet/64-bit/bars.parquet AUDUSD 1m",
                "refused: column open has type binary, not numbers",
            ),
        ],
    );
}
