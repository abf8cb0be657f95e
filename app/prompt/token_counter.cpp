// SPDX-License-Identifier: Apache-2.0
#include "app/prompt/token_counter.h"

#include <QMutex>
#include <QThreadPool>

#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <utility>

namespace app {

using inference::PromptTokenizer;

namespace {

constexpr std::size_t channels = 2;
constexpr int default_limit = 256;  ///< until the model says its own

/// Bytes of UTF-8 as units of UTF-16. A token may end inside a character (byte fallback): the whole character is cut
/// then.
int utf16Index(const std::string& utf8, std::size_t byte) {
    while (byte > 0 && byte < utf8.size() && (static_cast<unsigned char>(utf8[byte]) & 0xC0u) == 0x80u) --byte;
    return static_cast<int>(QString::fromUtf8(utf8.data(), static_cast<qsizetype>(byte)).size());
}

TokenCount countOf(const PromptTokenizer& tokenizer, const QString& text, int limit) {
    const std::string utf8 = text.toStdString();
    const auto tokens = tokenizer.measure(utf8, limit);
    const bool cut = tokens.count > tokens.limit;
    return {tokens.count, tokens.limit, cut ? utf16Index(utf8, tokens.cut_at_byte) : -1};
}

}  // namespace

struct TokenCounter::State {
    struct Wish {
        QString text;
        int limit = 0;
    };
    struct Newest {
        std::optional<Wish> wish;     ///< not yet taken up
        std::optional<QString> text;  ///< GUI thread: what the last wish was, to be counted again when the limit changes
    };

    std::unique_ptr<PromptTokenizer> tokenizer;  ///< pool thread only
    int limit = default_limit;
    QMutex mutex;                                              ///< guards the factory, the wishes and `working`
    std::optional<inference::PromptTokenizerFactory> factory;  ///< not yet called
    std::array<Newest, channels> newest;
    bool working = false;
    std::atomic<bool> stop{false};
    QThreadPool pool;
};

TokenCounter::TokenCounter(inference::PromptTokenizerFactory factory, QObject* parent) : QObject(parent), state_(std::make_unique<State>()) {
    qRegisterMetaType<TokenCount>();
    qRegisterMetaType<TokenCounter::Channel>();
    state_->factory.emplace(std::move(factory));
    state_->pool.setMaxThreadCount(1);
}

TokenCounter::~TokenCounter() {
    state_->stop = true;
    state_->pool.waitForDone();
}

void TokenCounter::setLimit(int tokens) {
    if (tokens < 1 || tokens == state_->limit) return;
    state_->limit = tokens;
    for (std::size_t channel = 0; channel < channels; ++channel) {
        if (const auto text = state_->newest[channel].text) measure(static_cast<Channel>(channel), *text);
    }
}

void TokenCounter::setTokenizer(inference::PromptTokenizerFactory factory) {
    {
        const QMutexLocker lock(&state_->mutex);
        state_->factory.emplace(std::move(factory));
    }
    for (std::size_t channel = 0; channel < channels; ++channel) {
        if (const auto text = state_->newest[channel].text) measure(static_cast<Channel>(channel), *text);
    }
}

void TokenCounter::measure(Channel channel, const QString& text) {
    auto& newest = state_->newest[static_cast<std::size_t>(channel)];
    newest.text = text;
    const QMutexLocker lock(&state_->mutex);
    newest.wish = State::Wish{text, state_->limit};
    if (state_->working) return;
    state_->working = true;
    state_->pool.start([this] { work(); });
}

/// Pool thread: once for each factory.
void TokenCounter::loadTokenizer() {
    std::optional<inference::PromptTokenizerFactory> factory;
    {
        const QMutexLocker lock(&state_->mutex);
        factory = std::exchange(state_->factory, std::nullopt);
    }
    if (!factory) return;
    auto tokenizer = *factory ? (*factory)() : inference::failure(inference::ErrorCode::internal, "no tokenizer was given");
    state_->tokenizer.reset();
    if (tokenizer) {
        state_->tokenizer = *std::move(tokenizer);
    } else {
        QMetaObject::invokeMethod(
            this, [this, error = tokenizer.error()] { Q_EMIT unavailable(error); }, Qt::QueuedConnection);
    }
}

/// Pool thread: takes wishes until there are none. A wish that was replaced meanwhile is never seen.
void TokenCounter::work() {
    while (!state_->stop) {
        loadTokenizer();
        std::optional<State::Wish> wish;
        std::size_t channel = 0;
        {
            const QMutexLocker lock(&state_->mutex);
            while (channel < channels && !state_->newest[channel].wish) ++channel;
            if (channel == channels) {
                state_->working = false;
                return;
            }
            wish = std::exchange(state_->newest[channel].wish, std::nullopt);
        }
        if (!state_->tokenizer) continue;
        const TokenCount count = countOf(*state_->tokenizer, wish->text, wish->limit);
        QMetaObject::invokeMethod(
            this, [this, channel, text = wish->text, count] { answer(static_cast<Channel>(channel), text, count); }, Qt::QueuedConnection);
    }
}

void TokenCounter::answer(Channel channel, const QString& text, const TokenCount& count) {
    // Typed on meanwhile: the answer to come is the one that matters.
    if (state_->newest[static_cast<std::size_t>(channel)].text != text || count.limit != state_->limit) return;
    Q_EMIT counted(channel, text, count);
}

}  // namespace app
