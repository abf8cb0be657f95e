// SPDX-License-Identifier: Apache-2.0
#include "app/evaluation/evaluation_prompts.h"

#include <QFile>
#include <QStringList>

// A static library's resources are registered by whoever uses them first; outside any namespace, as the macro demands.
static void registerPrompts() { Q_INIT_RESOURCE(evaluation); }

namespace app {

EvaluationPrompts evaluationPrompts() {
    registerPrompts();
    EvaluationPrompts prompts;
    QFile file(QStringLiteral(":/evaluation/prompts.txt"));
    if (!file.open(QIODevice::ReadOnly)) return prompts;
    for (const QString& line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const QStringList fields = line.split(QLatin1Char('\t'));
        if (fields.size() != 3) continue;  // a comment
        const EvaluationPrompt prompt{fields[2].toStdString(), fields[1] == QLatin1String("living") ? 0 : 1};
        (fields[0] == QLatin1String("rating") ? prompts.rating : prompts.evaluation).push_back(prompt);
    }
    return prompts;
}

}  // namespace app
