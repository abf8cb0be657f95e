// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <memory>

#include "inference/api/prompt_tokenizer.h"

namespace app {

/// How a prompt reads to the model, in the editor's units.
struct TokenCount {
    int count = 0;  ///< with BOS
    int limit = 0;
    int cut_at = -1;  ///< index into the QString (UTF-16) of the first character that is cut; -1: none

    bool operator==(const TokenCount&) const = default;
};

/// Counts tokens on a pool thread with the engine's own tokenizer; only the newest text of each channel is answered.
class TokenCounter final : public QObject {
    Q_OBJECT
public:
    enum class Channel { prompt, negative_prompt };
    Q_ENUM(Channel)

    explicit TokenCounter(inference::PromptTokenizerFactory factory, QObject* parent = nullptr);
    ~TokenCounter() override;

    void setLimit(int tokens);
    void setTokenizer(inference::PromptTokenizerFactory factory);  ///< of another model; what is shown is counted again
    void measure(Channel channel, const QString& text);

Q_SIGNALS:
    void counted(app::TokenCounter::Channel channel, QString text, app::TokenCount count);
    void unavailable(inference::Error error);  ///< the tokenizer could not be loaded; said once for each

private:
    struct State;
    void work();
    void loadTokenizer();
    void answer(Channel channel, const QString& text, const TokenCount& count);
    std::unique_ptr<State> state_;
};

}  // namespace app
