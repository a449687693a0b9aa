# The commands of the workspace; `make` alone lists them.
# Every target that needs .venv brings it up to date first, which takes no time when nothing changed.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help venv venv-run run demo-reset test test-fast lint fmt services docs lock clean faults bench bench-reports bench-suggestions bench-bus bench-taking bench-nation bench-door bench-sealing bench-plugins doorstep-days test-compose bench-dedupe bench-matching bench-scheduling bench-matching-speed simulate moves

BIN := .venv/bin
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest
SOURCES := $(wildcard packages/*/src services/*/src plugins/*/src)
HAS_COMMAND := $(wildcard packages/runtime/pyproject.toml)
HAS_IMPORT_RULES := $(shell grep -s '^\[tool\.importlinter\]' pyproject.toml)

help: ## この一覧 / this list
	@printf '\nKasane 重ね\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
	    while IFS="$$(printf '\t')" read -r name words; do printf '  make %-12s %s\n' "$$name" "$$words"; done
	@printf '\n  PYTHON=…  使う Python / the Python to use    WORKERS=%s  テストの並列数 / test processes\n\n' '$(WORKERS)'

run: venv-run ## 生駒市と恵庭市の見本を動かす / run the demonstration with its two towns
	@$(BIN)/kasane demo

demo-reset: venv-run ## 見本のデータを作り直す / make the demonstration's data anew
	@$(BIN)/kasane demo --reset-only

test: venv ## すべてのテスト / every test; installs missing programs when root on Debian
	@sh deploy/debian-services.sh || printf '%s\n' '-- 無いものは飛ばして続けます / going on without what is missing'
	$(PYTEST) -n $(WORKERS) --dist loadgroup

test-fast: venv ## サーバーもブラウザーも使わないテスト / the tests that need no server and no browser
	$(PYTEST) -n $(WORKERS) --dist loadgroup -m 'not postgresql and not rabbitmq and not browser and not npm and not slow'

lint: venv ## 書式・型・import の決まり・生成物の確認 / format, style, types, import rules, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(if $(SOURCES),$(BIN)/mypy $(SOURCES),@echo '-- no source yet: mypy not run')
	$(if $(HAS_IMPORT_RULES),$(BIN)/lint-imports,@echo '-- no import rules yet: lint-imports not run')
	$(if $(HAS_COMMAND),$(BIN)/kasane docs --check,@echo '-- no kasane command yet: docs --check not run')

bench: venv ## 画面・書き込み・出来事の速さを一度に量る / pages, writing requests and the bus, beside bare programs; SCALE=0.01
	@$(BIN)/python -m tests.benchmarks.bench --scale $(or $(SCALE),1) --repetitions $(or $(REPETITIONS),600)

bench-taking: venv ## 相談の受付だけを二分足らずで量る / taking a consultation alone, beside bare programs, in under two minutes
	@$(BIN)/python -m tests.benchmarks.bench --only-taking --scale $(or $(SCALE),0.002) --towns 2 --seconds 3 --turns 5

bench-dedupe: venv ## 同じ方を見つける力を量る / how well records of one person are found
	@$(BIN)/python services/intake/benchmarks/dedupe.py

bench-matching: venv ## 困りごとに合う支援を選ぶ力を量る / how well suggestions fit labelled needs; LABELLED=folder SPLIT=dev
	@$(BIN)/python services/resources/benchmarks/matching.py $(or $(LABELLED),../shared/eval/matching) --split $(or $(SPLIT),dev)

bench-scheduling: venv ## 訪問計画の良さと速さを量る / plans beside PyVRP, VROOM and OR-Tools; BENCH='--names R101 --sizes 200'
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/bench.txt
	@$(BIN)/python services/outreach/benchmarks/scheduling.py $(BENCH)
bench-matching-speed: venv ## 照合・検索・取り込みの速さを量る / how fast needs are matched, the directory searched, files read
	@$(BIN)/python services/resources/benchmarks/matching_speed.py

bench-plugins: venv ## 町の決まりを尋ねる速さと、一つのプロセスの町の数を量る / what asking plugins costs; towns in one process
	@$(BIN)/python -m tests.benchmarks.plugins --repetitions $(or $(REPETITIONS),1000)

bench-reports: venv ## 年の報告、数字の遅れ、作り直しの速さを量る / a year's report, how soon figures follow, how fast they are rebuilt
	@$(BIN)/python -m tests.benchmarks.reports $(BENCH)

bench-suggestions: venv ## 課題を書いてから候補が出るまでの時間を量る / how soon suggestions stand on a case, both modes
	@$(BIN)/python -m tests.benchmarks.suggestions

faults: venv ## 負荷のもとであらゆる障害を起こし、すべてを突き合わせる / every fault under load; FAULTS='--seed 7 --only broker_wiped'
	@$(BIN)/python -m tests.faults.drill $(FAULTS)

bench-bus: venv ## 出来事が届く速さを、裸のサーバーと手書きの同じ形の横で量る / how fast events arrive, beside bare servers
	@$(BIN)/python -m tests.benchmarks.bus

simulate: venv ## 47 都道府県・1,741 市区町村の一日を試算する / what a country needs; SIMULATE='--minutes 5 --only 鳥取県'
	@$(BIN)/python -m tests.benchmarks.country.simulate $(SIMULATE)

moves: venv ## 町の移動を、書き込みの中で何度も殺しながら試す / a town moves while its mover is killed again and again
	KASANE_RANDOM_KILLS=$(or $(KILLS),40) $(PYTEST) tests/moving -n0 -s --override-ini timeout=3600

bench-nation: venv ## 全国の相談の山を一台で受ける / a whole country's consultations at their peak; NATION='--minutes 2 --towns 8'
	@$(BIN)/python -m tests.benchmarks.nation $(NATION)

bench-door: venv ## 今日の訪問が圏外で出るまでの時間を量る / how soon today's round shows without a network
	@$(BIN)/python -m tests.benchmarks.door

bench-sealing: venv ## 封の値段と、封の中の検索の速さを量る / what sealed columns cost, and the search inside them; SEALING='--consultations 20000'
	@$(BIN)/python -m tests.benchmarks.sealing $(SEALING)

doorstep-days: venv ## 訪問先の千の一日を試す（圏外・終了・担当替え） / 1,000 random days at doors
	$(PYTEST) tests/doorstep --doorstep-days 950 --override-ini timeout=3600 -m 'not postgresql'

test-compose: venv ## compose.yaml を本物のコンテナで動かし、二つの町で働く / compose.yaml with real containers; COMPOSE='--keep'
	@$(BIN)/python -m tests.compose.trial $(COMPOSE)

fmt: venv ## 書式を整える / format the code and mend what can be mended
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

services: ## テスト用の PostgreSQL・RabbitMQ・Chromium・npm を入れる / install what the larger tests need (root on Debian)
	@sh deploy/debian-services.sh

docs: venv ## 生成する文書を書き直す / write the generated pages anew
	$(BIN)/kasane docs

venv: ## 開発用の .venv / .venv with the tools for development
	@PYTHON='$(PYTHON)' sh deploy/venv.sh dev

venv-run:
	@PYTHON='$(PYTHON)' sh deploy/venv.sh run

lock: venv ## requirements/*.in から *.txt を作り直す / compile the locks anew; UPGRADE=--upgrade takes newer versions
	@for name in bootstrap build runtime routing tracing dev bench compose; do \
	    printf -- '-- requirements/%s.txt\n' "$$name"; \
	    $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-annotate \
	        --no-emit-index-url $(UPGRADE) "requirements/$$name.in" --output-file "requirements/$$name.txt" || exit 1; \
	done

clean: ## .venv とキャッシュを消す（var/ のデータは残る） / remove .venv and caches; the data in var/ stays
	rm -rf .venv .venv.lock .hypothesis .coverage htmlcov
	find . -type d \( -name __pycache__ -o -name '.*_cache' \) -not -path './.git/*' -not -path './var/*' -prune -exec rm -rf {} +
