// SPDX-License-Identifier: Apache-2.0
#include "app/prompt/token_counter.h"
#include "tests/app/app_test.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

using app::TokenCount;
using app::TokenCounter;
using Channel = app::TokenCounter::Channel;

namespace {

/// What the fake tokenizers saw; a closed one holds up whoever counts.
struct Counted {
    void setOpen(bool value) {
        const std::lock_guard lock(mutex);
        open = value;
        changed.notify_all();
    }
    std::vector<std::string> all() {
        const std::lock_guard lock(mutex);
        return prompts;
    }
    std::mutex mutex;
    std::condition_variable changed;
    bool open = true;
    std::vector<std::string> prompts;
    std::thread::id thread;
};

/// One token every `bytes_per_token` bytes of UTF-8, and BOS: a cut may fall inside a character, as with byte fallback.
class ByteTokenizer final : public inference::PromptTokenizer {
public:
    ByteTokenizer(std::shared_ptr<Counted> counted, std::size_t bytes_per_token) : counted_(std::move(counted)), bytes_(bytes_per_token) {}

    inference::PromptTokens measure(const std::string& prompt, int limit) const override {
        std::unique_lock lock(counted_->mutex);
        counted_->prompts.push_back(prompt);
        counted_->thread = std::this_thread::get_id();
        counted_->changed.notify_all();
        counted_->changed.wait(lock, [this] { return counted_->open; });
        const std::size_t tokens = (prompt.size() + bytes_ - 1) / bytes_;
        const auto fitting = static_cast<std::size_t>(limit - 1) * bytes_;
        return {static_cast<int>(tokens) + 1, limit, std::min(fitting, prompt.size())};
    }

private:
    std::shared_ptr<Counted> counted_;
    std::size_t bytes_;
};

}  // namespace

class TokensTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        counted_ = std::make_shared<Counted>();
        make(1);
    }
    void cleanup() {
        counted_->setOpen(true);
        counter_.reset();
    }

    void aPromptIsCountedOffTheGuiThread() {
        counter_->measure(Channel::prompt, QStringLiteral("abc"));
        QVERIFY(answers_.isEmpty());
        QTRY_COMPARE(answers_, (QStringList{QStringLiteral("prompt abc 4/256 -1")}));
        QVERIFY(counted_->thread != std::this_thread::get_id());
    }

    void onlyTheNewestTextOfAChannelIsAnswered() {
        counted_->setOpen(false);
        counter_->measure(Channel::prompt, QStringLiteral("a"));
        QTRY_COMPARE(counted_->all().size(), std::size_t{1});  // being counted when the next ones are typed
        for (const char* text : {"ab", "abc", "abcd"}) counter_->measure(Channel::prompt, QLatin1String(text));
        counter_->measure(Channel::negative_prompt, QStringLiteral("x"));
        counted_->setOpen(true);
        QTRY_COMPARE(answers_.size(), 2);
        QVERIFY(answers_.contains(QStringLiteral("prompt abcd 5/256 -1")));
        QVERIFY(answers_.contains(QStringLiteral("negative x 2/256 -1")));
        QCOMPARE(counted_->all(), (std::vector<std::string>{"a", "abcd", "x"}));  // those in between were never counted
    }

    void theCutIsAnIndexOfTheEditor_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("limit");
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("cut_at");
        // One token a byte, and BOS.
        QTest::addRow("nothing") << QString() << 4 << 1 << -1;
        QTest::addRow("just fits") << QStringLiteral("abc") << 4 << 4 << -1;
        QTest::addRow("one too many") << QStringLiteral("abcd") << 4 << 5 << 3;
        QTest::addRow("all is cut") << QStringLiteral("abcd") << 1 << 5 << 0;
        QTest::addRow("Hangul, between two characters") << QStringLiteral("가나다") << 7 << 10 << 2;
        QTest::addRow("Hangul, inside a character") << QStringLiteral("가나다") << 6 << 10 << 1;
        QTest::addRow("Hangul, after the first byte") << QStringLiteral("가나다") << 5 << 10 << 1;
        QTest::addRow("emoji, between two") << QStringLiteral("🍓🍓") << 5 << 9 << 2;
        QTest::addRow("emoji, inside the second") << QStringLiteral("🍓🍓") << 8 << 9 << 2;
        QTest::addRow("emoji, inside the first") << QStringLiteral("🍓🍓") << 3 << 9 << 0;
        QTest::addRow("emoji and Hangul") << QStringLiteral("a🍓가b") << 9 << 10 << 4;
        QTest::addRow("accents") << QStringLiteral("kůň") << 4 << 6 << 2;
    }
    void theCutIsAnIndexOfTheEditor() {
        QFETCH(QString, text);
        QFETCH(int, limit);
        QFETCH(int, count);
        QFETCH(int, cut_at);
        TokenCount answer;
        connect(counter_.get(), &TokenCounter::counted, this, [&](Channel, const QString&, const TokenCount& counted) { answer = counted; });
        counter_->setLimit(limit);
        counter_->measure(Channel::prompt, text);
        QTRY_COMPARE(answers_.size(), 1);
        QCOMPARE(answer, (TokenCount{count, limit, cut_at}));
    }

    void aTokenOfSeveralCharactersCutsBeforeIt() {
        make(4);
        counter_->setLimit(2);
        counter_->measure(Channel::prompt, QStringLiteral("abcdefghij"));
        QTRY_COMPARE(answers_, (QStringList{QStringLiteral("prompt abcdefghij 4/2 4")}));
    }

    void anotherModelCountsAgain() {
        counter_->measure(Channel::prompt, QStringLiteral("abc"));
        QTRY_COMPARE(answers_.size(), 1);
        counter_->setLimit(3);
        QTRY_COMPARE(answers_.size(), 2);
        QCOMPARE(answers_.back(), QStringLiteral("prompt abc 4/3 2"));
        counter_->setLimit(3);
        counter_->setLimit(0);
        counter_->setLimit(-1);
        counter_->measure(Channel::prompt, QStringLiteral("d"));
        QTRY_COMPARE(answers_.back(), QStringLiteral("prompt d 2/3 -1"));
        QCOMPARE(answers_.size(), 3);
    }

    void anAnswerForTheOldLimitIsNotGiven() {
        counted_->setOpen(false);
        counter_->measure(Channel::prompt, QStringLiteral("abc"));
        QTRY_COMPARE(counted_->all().size(), std::size_t{1});
        counter_->setLimit(2);
        counted_->setOpen(true);
        QTRY_COMPARE(counted_->all().size(), std::size_t{2});
        QTRY_COMPARE(answers_, (QStringList{QStringLiteral("prompt abc 4/2 1")}));
    }

    void aTokenizerThatCannotBeLoadedIsSaidOnce() {
        int attempts = 0;
        TokenCounter counter([&]() -> inference::Result<std::unique_ptr<inference::PromptTokenizer>> {
            ++attempts;
            return inference::failure(inference::ErrorCode::model_not_found, "tokenizer.model is missing");
        });
        QList<inference::Error> said;
        connect(&counter, &TokenCounter::unavailable, this, [&](const inference::Error& error) { said.append(error); });
        QSignalSpy counted(&counter, &TokenCounter::counted);
        counter.measure(Channel::prompt, QStringLiteral("a"));
        QTRY_COMPARE(said.size(), 1);
        QCOMPARE(said.front().code, inference::ErrorCode::model_not_found);
        for (int i = 0; i < 10; ++i) counter.measure(i % 2 == 0 ? Channel::prompt : Channel::negative_prompt, QString::number(i));
        counter.setLimit(9);
        counter_->measure(Channel::prompt, QStringLiteral("meanwhile"));
        QTRY_COMPARE(answers_.size(), 1);
        QCOMPARE(said.size(), 1);
        QCOMPARE(attempts, 1);
        QCOMPARE(counted.size(), 0);
    }

    void withoutATokenizerItSaysSo() {
        TokenCounter counter(nullptr);
        QSignalSpy said(&counter, &TokenCounter::unavailable);
        counter.measure(Channel::prompt, QStringLiteral("a"));
        QTRY_COMPARE(said.size(), 1);
    }

    void nothingIsLoadedBeforeItIsNeeded() {
        bool loaded = false;
        {
            const TokenCounter counter([&]() -> inference::Result<std::unique_ptr<inference::PromptTokenizer>> {
                loaded = true;
                return std::make_unique<ByteTokenizer>(counted_, 1);
            });
        }
        QVERIFY(!loaded);
    }

    void closingWhileItCountsWaitsForIt() {
        counter_->measure(Channel::prompt, QStringLiteral("a"));
        counter_->measure(Channel::negative_prompt, QStringLiteral("b"));
        counter_.reset();
        QCoreApplication::processEvents();
        QVERIFY(answers_.isEmpty());
        QVERIFY(counted_->all().size() <= 2);
    }

    void aVeryLongPromptIsCountedWhole() {
        const QString text(100000, QChar(0xAC00));
        counter_->measure(Channel::prompt, text);
        QTRY_COMPARE(answers_.size(), 1);
        QVERIFY(answers_.front().endsWith(QStringLiteral(" 300001/256 85")));
    }

private:
    void make(std::size_t bytes_per_token) {
        answers_.clear();
        counter_ = std::make_unique<TokenCounter>([this, bytes_per_token]() -> inference::Result<std::unique_ptr<inference::PromptTokenizer>> {
            return std::make_unique<ByteTokenizer>(counted_, bytes_per_token);
        });
        connect(counter_.get(), &TokenCounter::counted, this, [this](Channel channel, const QString& text, const TokenCount& count) {
            answers_.append(QStringLiteral("%1 %2 %3/%4 %5")
                                .arg(channel == Channel::prompt ? QStringLiteral("prompt") : QStringLiteral("negative"), text)
                                .arg(count.count)
                                .arg(count.limit)
                                .arg(count.cut_at));
        });
    }

    std::shared_ptr<Counted> counted_;
    std::unique_ptr<TokenCounter> counter_;
    QStringList answers_;
};

APP_TEST(tokens, TokensTest)
#include "tokens_test.moc"
