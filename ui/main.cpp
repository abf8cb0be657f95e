// SPDX-License-Identifier: Apache-2.0
// Program entry: `fuselight` opens the studio, `fuselight COMMAND` runs the same services without a window.

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <iterator>

#include "ui/command_line/adapters_command.h"
#include "ui/command_line/bench_command.h"
#include "ui/command_line/evaluate_command.h"
#include "ui/command_line/generate_command.h"
#include "ui/command_line/import_checkpoint_command.h"
#include "ui/command_line/make_random_pipeline_command.h"
#include "ui/command_line/models_command.h"
#include "ui/command_line/rate_command.h"
#include "ui/command_line/train_command.h"
#include "ui/start/program_files.h"
#include "ui/start/studio.h"

namespace {

struct Command {
    const char* name;
    ui::ExitCode (*run)(const QStringList& arguments, const ui::ProgramFiles& files);
};

constexpr Command commands[] = {
    {"adapters", ui::runAdapters},
    {"bench", ui::runBench},
    {"evaluate-feedback", ui::runEvaluateFeedback},
    {"generate", ui::runGenerate},
    {"import-checkpoint", ui::runImportCheckpoint},
    {"make-random-pipeline", ui::runMakeRandomPipeline},
    {"models", ui::runModels},
    {"rate", ui::runRate},
    {"train", ui::runTrain},
};

/// The words without the command's name, as the command's own parser expects them.
QStringList withoutCommand(QStringList arguments) {
    arguments.removeAt(1);
    return arguments;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication::setOrganizationName(QStringLiteral("Fuselight"));
    QCoreApplication::setOrganizationDomain(QStringLiteral("fuselight.org"));
    QCoreApplication::setApplicationName(QStringLiteral("fuselight"));
    QCoreApplication::setApplicationVersion(QStringLiteral(FUSELIGHT_VERSION));

    const QByteArray name = argc > 1 ? QByteArray(argv[1]) : QByteArray();
    const auto command = std::find_if(std::begin(commands), std::end(commands), [&](const Command& each) { return name == each.name; });
    if (command != std::end(commands)) {
        const QCoreApplication application(argc, argv);
        const auto files = ui::ProgramFiles::beside(QCoreApplication::applicationDirPath());
        return static_cast<int>(command->run(withoutCommand(QCoreApplication::arguments()), files));
    }
    return ui::runStudio(argc, argv);
}
