// SPDX-License-Identifier: Apache-2.0
// Runs a harness (LLVMFuzzerTestOneInput) over mutations of a corpus where libFuzzer is not at hand: any compiler, and the same inputs for the
// same seed. With -fsanitize-coverage=trace-pc (FUSELIGHT_FUZZ) an input that reaches new code joins the corpus of the run. See README.md.
#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
/// What the address sanitizer offers; absent without it.
extern "C" __attribute__((weak)) int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*, std::size_t),
                                                                               void (*free_hook)(const volatile void*));
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());
extern "C" __attribute__((weak)) std::size_t __sanitizer_get_allocated_size(const volatile void* pointer);

namespace {

constexpr std::size_t max_live_bytes = 256u << 20;
constexpr int seconds_an_input = 10;
constexpr std::size_t max_corpus = 4000;

using Input = std::vector<std::uint8_t>;

// The input that runs now, where a signal handler finds it.
const std::uint8_t* current_data = nullptr;
std::size_t current_size = 0;
char crash_path[512] = "crash.bin";

void save_current() {
    const int file = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0) return;
    [[maybe_unused]] const auto written = write(file, current_data, current_size);
    close(file);
}

void report(const char* what) {
    save_current();
    std::fprintf(stderr, "fuzz: %s; the input is in %s\n", what, crash_path);
}

void on_signal(int signal) {
    report(signal == SIGALRM ? "an input took longer than 10 s" : "a signal");
    std::signal(signal, SIG_DFL);
    if (signal == SIGALRM) _exit(3);
    raise(signal);
}

std::size_t live_bytes = 0;
bool counting = false;

void on_malloc(const volatile void*, std::size_t size) {
    live_bytes += size;
    if (!counting || live_bytes <= max_live_bytes) return;
    counting = false;
    report("an input allocated more than 256 MB");
    _exit(4);
}

void on_free(const volatile void* pointer) {
    if (pointer == nullptr || __sanitizer_get_allocated_size == nullptr) return;
    const auto size = __sanitizer_get_allocated_size(pointer);
    live_bytes -= size < live_bytes ? size : live_bytes;
}

constexpr std::size_t map_size = 1u << 16;
std::array<std::uint8_t, map_size> hit_now{}, hit_ever{};

/// Whether the last input reached code, or a number of repetitions of it, that none before did.
bool found_new_code() {
    bool found = false;
    for (std::size_t i = 0; i < map_size; i += 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, &hit_now[i], 8);
        if (eight == 0) continue;
        for (std::size_t j = i; j < i + 8; ++j) {
            if (hit_now[j] == 0) continue;
            const auto repetitions = static_cast<std::uint8_t>(hit_now[j] < 4         ? 1 << (hit_now[j] - 1)
                                                                   : hit_now[j] < 32  ? 16
                                                                   : hit_now[j] < 128 ? 32
                                                                                      : 64);
            if ((hit_ever[j] & repetitions) == 0) found = true;
            hit_ever[j] = static_cast<std::uint8_t>(hit_ever[j] | repetitions);
        }
    }
    return found;
}

}  // namespace

/// Called by instrumented code at every branch.
extern "C" void __sanitizer_cov_trace_pc() {
    static std::uintptr_t previous = 0;
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
    auto& count = hit_now[(here ^ previous) % map_size];
    if (count < 255) ++count;
    previous = here >> 1;
}

namespace {

class Mutator {
public:
    Mutator(std::uint64_t seed, std::size_t max_size) : random_(seed), max_size_(max_size) {}

    Input mutate(const std::vector<Input>& corpus) {
        Input input = corpus[below(corpus.size())];
        for (auto times = 1 + below(6); times > 0; --times) change(input, corpus);
        if (input.size() > max_size_) input.resize(max_size_);
        return input;
    }

private:
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random_() % limit); }

    void change(Input& input, const std::vector<Input>& corpus) {
        static const char* const tokens[] = {
            "null", "true", "-1", "0",       "1e999", "9223372036854775808", "4294967296", "99999999999", "[]",         "{}", "\"\"", "{\"",   "]",
            "}",    ",",    ":",  "\\u0000", "../",   "\xff\xff\xff\xff",    "\x80\x02",   "PK\x01\x02",  "PK\x05\x06", ".5", "NaN",  "\"a\":"};
        if (input.empty()) input.push_back(static_cast<std::uint8_t>(random_()));
        const auto at = below(input.size());
        const auto where = input.begin() + static_cast<std::ptrdiff_t>(at);
        switch (below(10)) {
        case 0: input[at] = static_cast<std::uint8_t>(input[at] ^ (1u << below(8))); break;
        case 1: input[at] = static_cast<std::uint8_t>(random_()); break;
        case 2: input.insert(where, 1 + below(8), static_cast<std::uint8_t>(random_())); break;
        case 3: input.erase(where, where + static_cast<std::ptrdiff_t>(1 + below(std::min<std::size_t>(input.size() - at, 32)))); break;
        case 4: {  // a block again somewhere else
            const Input block(where, where + static_cast<std::ptrdiff_t>(1 + below(std::min<std::size_t>(input.size() - at, 64))));
            input.insert(input.begin() + static_cast<std::ptrdiff_t>(below(input.size())), block.begin(), block.end());
            break;
        }
        case 5: {  // a number at an extreme
            const std::uint64_t extremes[] = {
                0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, ~std::uint64_t{0}, input.size()};
            const auto value = extremes[below(std::size(extremes))];
            const auto width = std::min<std::size_t>(std::size_t{1} << below(4), input.size() - at);
            std::memcpy(&input[at], &value, width);
            break;
        }
        case 6: {
            const std::string token = tokens[below(std::size(tokens))];
            input.insert(where, token.begin(), token.end());
            break;
        }
        case 7: {  // this input's beginning, another's end
            const auto& other = corpus[below(corpus.size())];
            if (other.empty()) break;
            input.resize(at);
            input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(below(other.size())), other.end());
            break;
        }
        case 8: {  // one digit for another
            for (auto i = at; i < input.size(); ++i) {
                if (input[i] < '0' || input[i] > '9') continue;
                input[i] = static_cast<std::uint8_t>('0' + below(10));
                break;
            }
            break;
        }
        default: input.resize(at); break;
        }
    }

    std::mt19937_64 random_;
    std::size_t max_size_;
};

void run(const Input& input) {
    current_data = input.data();
    current_size = input.size();
    itimerval limit{{0, 0}, {seconds_an_input, 0}};
    setitimer(ITIMER_REAL, &limit, nullptr);
    hit_now.fill(0);
    live_bytes = 0;
    counting = true;
    LLVMFuzzerTestOneInput(input.data(), input.size());
    counting = false;
    limit.it_value.tv_sec = 0;
    setitimer(ITIMER_REAL, &limit, nullptr);
}

void load(const std::string& path, std::vector<Input>& corpus) {
    namespace fs = std::filesystem;
    if (fs::is_directory(path)) {
        std::vector<std::string> files;
        for (const auto& entry : fs::directory_iterator(path)) files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const auto& file : files) load(file, corpus);
        return;
    }
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

}  // namespace

/// HARNESS [--runs N] [--seed N] [--max-size BYTES] [--crash FILE] FILE-OR-FOLDER...
int main(int argc, char** argv) {
    std::uint64_t runs = 0, seed = 1, max_size = 16384;
    std::vector<Input> corpus;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const bool has_value = i + 1 < argc;
        if (word == "--runs" && has_value) runs = std::strtoull(argv[++i], nullptr, 10);
        else if (word == "--seed" && has_value) seed = std::strtoull(argv[++i], nullptr, 10);
        else if (word == "--max-size" && has_value) max_size = std::strtoull(argv[++i], nullptr, 10);
        else if (word == "--crash" && has_value) std::snprintf(crash_path, sizeof crash_path, "%s", argv[++i]);
        else load(word, corpus);
    }
    if (corpus.empty()) {
        std::fprintf(stderr, "fuzz: no corpus\n");
        return 2;
    }
    std::signal(SIGALRM, on_signal);
    std::signal(SIGABRT, on_signal);
    if (__sanitizer_set_death_callback != nullptr) {
        __sanitizer_set_death_callback([] { report("the sanitizer ended the run"); });  // after its own account of the other signals
    } else {
        for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, on_signal);
    }
    if (__sanitizer_install_malloc_and_free_hooks != nullptr) __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    for (const auto& input : corpus) {
        run(input);
        found_new_code();
    }
    const auto seeds = corpus.size();
    Mutator mutator(seed, max_size);
    const auto started = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < runs; ++i) {
        const auto input = mutator.mutate(corpus);
        run(input);
        if (found_new_code() && corpus.size() < max_corpus) corpus.push_back(input);
        if ((i + 1) % 100'000 == 0) std::fprintf(stderr, "fuzz: %llu inputs, corpus %zu\n", static_cast<unsigned long long>(i + 1), corpus.size());
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
    std::fprintf(stderr, "fuzz: %zu seeds and %llu mutations in %.0f s without a fault; corpus %zu\n", seeds, static_cast<unsigned long long>(runs),
                 elapsed.count(), corpus.size());
    return 0;
}
