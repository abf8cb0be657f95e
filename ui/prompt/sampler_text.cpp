// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/sampler_text.h"

#include <QCoreApplication>

namespace ui {

namespace {
struct Words {
    Q_DECLARE_TR_FUNCTIONS(ui::SamplerText)
};
}  // namespace

QString samplerName(inference::Sampler sampler) {
    switch (sampler) {
    case inference::Sampler::euler: return Words::tr("Euler");
    case inference::Sampler::heun: return Words::tr("Heun");
    case inference::Sampler::multistep2: return Words::tr("Multistep");
    }
    return {};
}

}  // namespace ui
