# make run     builds nascent and runs the quick start into out/       (needs Go only)
# make test    every test; sets up a Python environment for real clients, JupyterLab where Chromium is there, and runs the notebooks
# make browser-test  the kernel in JupyterLab, driven in Chromium; CHROMIUM=google-chrome takes another than Debian's
# make lab     JupyterLab with the kernel, opened on notebooks/; LAB_FLAGS=--no-browser and the like
# make build   the program, ./nascent
# make cuda    the program for NVIDIA devices, ./nascent; it starts without one too. CUDA_HOME=/usr/local/cuda takes that toolkit's header
# make ptx     compiles the device functions, with compilers from PyPI (70 MB) in .cuda/
# make bench-kernel  a table of the kernel's speed and memory, beside Python's own kernel
# make bench-cells  programs as cells beside the plain interpreter and compiled Go, and short calls with the tier on and off: processor time of each, and the ratios
# make bench-peers  training and inference beside PyTorch and JAX; PEERS_FLAGS="--workloads W1 --rounds 3" and the like
# make bench-cuda-start  what the program with CUDA costs beyond the default one, where there is no driver
# make bench   the kernel's table, and every Go benchmark of the kernel and of nasext
# make tier-test  programs and cells with nothing, with what is hot, and with all that can be compiled to machine code: half a minute of processor time
# make fuzz    each fuzz target for FUZZTIME, which is 10m
# make fuzz-go  random programs through the kernel and the Go tool chain for FUZZTIME, from the one numbered FUZZSEED
# make soak    10 000 cells with interrupts, deaths and restarts, from two clients; 10 000 architectures trained
# make lint    gofmt, go vet, staticcheck
# make clean   removes what the other targets made

GO     ?= go
PYTHON ?= python3
VENV   := .venv
CHROMIUM ?= chromium
PY     := kernel/conformance/python
ONNX   := nasext/nn/onnx/testdata
TENSORS := nasext/nn/safetensors/testdata
PEERS  := nasext/nn/testdata/peers
BROWSER := kernel/conformance/browser
CUDA   := nasext/nn/engine/cuda
FUZZTIME ?= 10m
FUZZSEED ?= $(shell date +%s)

.PHONY: run test go-test cuda-test client-test page-test notebook-test browser-test lab build cuda ptx cuda-header bench bench-kernel bench-peers bench-cells bench-cuda-start tier-test fuzz fuzz-go soak lint clean

build:
	$(GO) build -trimpath -o nascent .

# The header says what is linked: the program finds the driver when it is asked for a device.
CUDA_BUILD = CGO_ENABLED=1 CGO_CPPFLAGS="$(if $(CUDA_HOME),-I$(CURDIR)/$(CUDA)/include/shim -I$(CUDA_HOME)/include,-I$(CURDIR)/$(CUDA)/include)" $(GO)

cuda:
	$(CUDA_BUILD) build -trimpath -tags cuda -o nascent .

run: build
	./nascent run notebooks/00_quickstart.ipynb -o out/00_quickstart.ipynb --html out/00_quickstart.html

test: go-test cuda-test client-test page-test notebook-test

go-test:
	$(GO) vet ./...
	$(GO) test ./...
	$(GO) test -tags purego -run Golden ./nasext/controller

# Device functions on a GPU, or through a driver that is made of the same source.
cuda-test:
	@if ! command -v g++ >/dev/null; then echo 'SKIPPED: the CUDA engine: no C++ compiler (g++) was found'; \
	elif [ "$$($(GO) env GOOS GOARCH | paste -sd/)" != linux/amd64 ]; then echo 'SKIPPED: the CUDA engine: it is for Linux on amd64'; \
	else $(CUDA_BUILD) vet -tags cuda . ./$(CUDA)/... && $(CUDA_BUILD) test -tags cuda ./$(CUDA)/... && CGO_ENABLED=0 $(GO) test -tags cuda ./$(CUDA); fi

# The virtual architectures are in ptx.py; each has to be good for every device since.
ptx: .cuda/.ready
	@for d in $(CUDA)/internal/kernels $(CUDA)/internal/fake/testdata; do \
		$(PYTHON) $(CUDA)/internal/kernels/ptx.py .cuda/nvidia/cuda_nvrtc/lib/libnvrtc.so.12 $$d || exit 1; \
		for f in $$d/*.ptx; do for sm in 70 80 89 90 100; do \
			case $$f-$$sm in */tc.ptx-70) ;; *) .cuda/nvidia/cuda_nvcc/bin/ptxas -arch=sm_$$sm $$f -o /dev/null || exit 1;; esac; \
		done; done; \
	done

# Interface facts for cu's functions and ours: the header, and the jumps to them.
cuda-header: .cuda/.ready
	$(PYTHON) $(CUDA)/include/minheader.py .cuda/nvidia/cuda_runtime/include $$($(GO) list -m -f '{{.Dir}}' gorgonia.org/cu) $(CUDA)/internal/driver > .cuda/cuda.h
	mv .cuda/cuda.h $(CUDA)/include/cuda.h
	$(PYTHON) $(CUDA)/internal/tramp/table.py < $(CUDA)/include/cuda.h > $(CUDA)/internal/tramp/table_amd64.S

.cuda/.ready: $(CUDA)/internal/kernels/requirements.txt
	mkdir -p .cuda
	$(PYTHON) -m pip download --quiet --disable-pip-version-check --no-deps -d .cuda -r $<
	cd .cuda && for w in *.whl; do $(PYTHON) -m zipfile -e $$w . || exit 1; rm $$w; done && chmod +x nvidia/cuda_nvcc/bin/ptxas
	touch $@

# Jupyter's own clients against the installed kernel, onnxruntime on the models that
# nasext writes, and safetensors on its weights. Without Python 3 and its
# venv module this part is left out, and says so.
client-test: build
	@if $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then \
		$(MAKE) --no-print-directory $(VENV)/.ready && \
		./nascent install --prefix $(VENV) >/dev/null && \
		$(VENV)/bin/python -m pytest -q -rs $(PY) $(ONNX) $(TENSORS); \
	else echo 'SKIPPED: tests with Jupyter clients and onnxruntime: $(PYTHON) with the venv module was not found'; fi

$(VENV)/.ready: $(PY)/requirements.txt $(ONNX)/requirements.txt $(TENSORS)/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $(PY)/requirements.txt -r $(ONNX)/requirements.txt -r $(TENSORS)/requirements.txt
	touch $@

# Every notebook is run again and has to say what it has stored.
# Trainings round differently without vector instructions.
notebook-test: build
	@if ./nascent doctor | grep -q cpu/portable; then echo 'SKIPPED: the outputs of notebooks: they were made with AVX2, which this processor does not have'; \
	else ./nascent verify notebooks/*.ipynb; fi

# browser-test, where there is what it needs.
page-test:
	@if ! $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then \
		echo 'SKIPPED: tests in JupyterLab: $(PYTHON) with the venv module was not found (Debian: apt-get install python3-venv)'; \
	elif ! command -v "$(CHROMIUM)" >/dev/null; then \
		echo 'SKIPPED: tests in JupyterLab: $(CHROMIUM) was not found (Debian: apt-get install chromium; make test CHROMIUM=google-chrome takes another)'; \
	else $(MAKE) --no-print-directory browser-test; fi

# The gallery, the quick start and a user's hands in JupyterLab, in Chromium.
browser-test: build $(VENV)/.lab
	CHROMIUM=$(CHROMIUM) $(VENV)/bin/python -m pytest -q -rs $(BROWSER)

$(VENV)/.lab: $(VENV)/.ready $(BROWSER)/requirements.txt
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $(BROWSER)/requirements.txt
	touch $@

lab: build $(VENV)/.lab
	./nascent install --prefix $(VENV)
	JUPYTER_CONFIG_PATH=$(CURDIR)/$(BROWSER)$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH} $(VENV)/bin/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_FLAGS)

bench-kernel: build $(VENV)/.ready
	$(VENV)/bin/python $(PY)/bench.py ./nascent

# In an environment of its own: PyTorch is large.
bench-peers: $(VENV)-peers/.ready
	$(VENV)-peers/bin/python $(PEERS)/bench.py --go "$(GO)" $(PEERS_FLAGS)

$(VENV)-peers/.ready: $(PEERS)/requirements.txt
	$(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --disable-pip-version-check -r $(PEERS)/requirements.txt
	touch $@

bench-cells:
	$(GO) test -run '^$$' -bench '^Benchmark(Programs|Tier)' -benchtime 3x ./kernel/cell

bench-cuda-start:
	@d=$$(mktemp -d) && trap 'rm -rf $$d' EXIT && \
	CGO_ENABLED=0 $(GO) build -trimpath -o $$d/default . && $(CUDA_BUILD) build -trimpath -tags cuda -o $$d/cuda . && \
	$(PYTHON) $(CUDA)/internal/tramp/testdata/cost.py $$d/default $$d/cuda

bench: bench-kernel
	$(GO) test -run '^$$' -bench . -benchmem ./kernel/... ./nasext/... ./display/...

tier-test:
	@for tier in off on all; do \
		echo "tier $$tier" && $(GO) test -count 1 -run '^(TestPrograms|TestCells)$$' ./kernel/cell -tier $$tier || exit 1; \
	done

# What a target finds lies in testdata/fuzz of its package, and is a test from then on.
fuzz:
	@for p in $$(grep -rl '^func Fuzz' --include='*_test.go' . | xargs -n 1 dirname | sort -u); do \
		for t in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$t"; \
			$(GO) test -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x $$p || exit 1; \
		done; \
	done

# A program that differs is told by its number, and again when it was made small.
fuzz-go:
	$(GO) test -count=1 -v -timeout 0 -run '^TestPrograms$$' ./kernel/cell/progen -progen-time $(FUZZTIME) -progen-seed $(FUZZSEED) -progen-shrink

# The kernel, used hard: it takes one to six minutes and prints what has become of it.
# Then networks of every search space, built, trained a step and dropped: half a minute.
soak:
	$(GO) test -count=1 -v -timeout 15m -run '^TestSoak$$' ./kernel/conformance -soak
	$(GO) test -count=1 -v -run '^TestManyArchitectures$$' ./nasext/nn -architectures 10000

lint:
	@test -z "$$(gofmt -l .)" || { echo 'not formatted:'; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 -checks inherit,-ST1005 ./... # ST1005: errors may begin with a name
	$(CUDA_BUILD) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 -tags cuda -checks inherit,-ST1005 ./$(CUDA)/...

clean:
	rm -rf nascent out .cuda $(VENV) $(VENV)-peers
